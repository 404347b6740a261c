using System.Text.Json.Nodes;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Text;

namespace Patchbay.OAuth.Trades;

/// <summary>
/// The first step of a scheme in two steps, as data: a request that trades what the user gave for a token. It is for APIs that have a way of
/// their own to sign in; the second step is every other request, with the token.
/// </summary>
/// <remarks>
/// URL, headers, query, form and JSON may have placeholders, <c>{{name}}</c>, for the user's values. Each value is checked and escaped for the
/// place where it stands.
/// </remarks>
public sealed record TokenTrade
{
    /// <summary>The HTTP method: POST, GET, PUT or PATCH.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>The URL.</summary>
    public required string Url { get; init; }

    /// <summary>Parameters that are added to the URL's query.</summary>
    public IReadOnlyDictionary<string, string>? Query { get; init; }

    /// <summary>Headers that are added.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>User name and password for the header Authorization (RFC 7617), or null.</summary>
    public TradeBasicAuth? Basic { get; init; }

    /// <summary>A form for the body, or null.</summary>
    public IReadOnlyDictionary<string, string>? Form { get; init; }

    /// <summary>JSON for the body, or null. Values are put into its texts.</summary>
    public JsonObject? Json { get; init; }

    /// <summary>Where things stand in the answer.</summary>
    public TokenAnswerShape Answer { get; init; } = new();

    /// <summary>How long a token lives whose answer does not say, in seconds; where null, until the API says that it has expired.</summary>
    public int? DefaultLifetimeSeconds { get; init; }

    /// <summary>Rules for answers that mean that the user's values are wrong for good; one that holds is enough. Where null, the status 401 means it.</summary>
    public IReadOnlyList<AnswerRule>? Rejected { get; init; }

    /// <summary>Whether the user's values decide which host is asked: see <see cref="ProviderProfile.FreeHosts"/>.</summary>
    public bool HasFreeHost() => WebUrl.HasFreeHost(Url);

    /// <summary>Finds everything that is wrong with the trade.</summary>
    /// <returns>The faults with their fields' paths; none for a trade that can be made.</returns>
    public IReadOnlyList<OAuthFault> Validate()
    {
        var faults = new List<OAuthFault>();
        if (Method is not ("POST" or "GET" or "PUT" or "PATCH")) faults.Add(new OAuthFault("method", "must be POST, GET, PUT or PATCH"));
        if (WebUrl.WhyNot(Url, placeholders: true) is { } why) faults.Add(new OAuthFault("url", why));
        if (Form is not null && Json is not null) faults.Add(new OAuthFault("json", "cannot stand beside a form"));
        if (Method == "GET" && (Form is not null || Json is not null)) faults.Add(new OAuthFault("method", "cannot be GET with a body"));
        faults.AddRange(ProfileValidation.RunHeaders(Headers, "headers"));
        if (Basic is not null && Headers?.Keys.Any(name => name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)) == true)
        {
            faults.Add(new OAuthFault("headers.Authorization", "is set by user name and password"));
        }

        CheckTexts(Query, "query");
        CheckTexts(Form, "form");
        CheckText(Basic?.Username, "basic.username");
        CheckText(Basic?.Password, "basic.password");
        JsonTemplate.Check(Json, "json", faults);
        faults.AddRange(ProfileValidation.RunAnswer(Answer, "answer"));
        faults.AddRange(ProfileValidation.RunRules(Rejected, "rejected"));
        if (DefaultLifetimeSeconds is < 1 or > ProfileValidation.MaxLifetimeSeconds)
        {
            faults.Add(new OAuthFault("defaultLifetimeSeconds", $"must be 1 to {ProfileValidation.MaxLifetimeSeconds}"));
        }

        return faults;

        void CheckTexts(IReadOnlyDictionary<string, string>? texts, string field)
        {
            foreach (var (name, text) in texts ?? new Dictionary<string, string>(StringComparer.Ordinal))
            {
                if (name.Length == 0) faults.Add(new OAuthFault(field, "has a parameter without a name"));
                CheckText(text, $"{field}.{name}");
            }
        }

        void CheckText(string? text, string field)
        {
            if (text is not null && PlaceholderText.WhyMalformed(text) is { } why) faults.Add(new OAuthFault(field, why));
        }
    }
}

/// <summary>A user name and a password, as texts with placeholders.</summary>
public sealed record TradeBasicAuth
{
    /// <summary>The user name.</summary>
    public required string Username { get; init; }

    /// <summary>The password.</summary>
    public string Password { get; init; } = "";

    /// <summary>The name of the type, never the texts.</summary>
    public override string ToString() => nameof(TradeBasicAuth);
}

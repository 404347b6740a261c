using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Patchbay.OAuth.Answers;
using Patchbay.OAuth.Profiles;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Proxy;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Credentials;

/// <summary>What a verification request showed.</summary>
/// <param name="IsValid">Whether the credential works; null where nothing was shown, such as by an API that is down.</param>
/// <param name="Status">The status of the answer, where there was one.</param>
/// <param name="Message">A sentence for people. Of the answer's body nothing is in it but a short code; it is foreign, and may repeat the credential.</param>
internal sealed record Verdict(bool? IsValid, int? Status, string Message);

/// <summary>
/// Makes verification requests: with the credentials of the connection, and so to no other place than its other requests may go to.
/// </summary>
internal sealed partial class VerificationCalls(UpstreamInvokers invokers, LiveCredentials live)
{
    private const int MaxBody = 64 * 1024;

    /// <summary>Makes a verification request, and once more where the API calls a token expired.</summary>
    public async Task<Verdict> RunAsync(ConnectionPlan plan, VerificationRequest verification, CancellationToken cancellationToken)
    {
        try
        {
            if (!(await live.PrepareAsync(plan.Credentials, forceRefresh: false, cancellationToken)).Succeeded(out var credentials, out var failure))
                return new Verdict(null, null, failure.Message);
            var (answer, refused) = await SendAsync(plan, verification, credentials, cancellationToken);
            if (answer is not null && credentials.Grants.Any(g => MeansExpired(g.Credential.Source.Use))
                && await live.RenewAsync(credentials, MeansExpired, cancellationToken) is { } renewed)
            {
                (answer, refused) = await SendAsync(plan, verification, renewed, cancellationToken);
            }

            return answer is null ? new Verdict(null, null, refused!.Message) : Judge(verification, answer);

            bool MeansExpired(TokenUse use) => use.Judge.MeansExpired(answer.Status, answer.Body, answer.HeaderOf);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new Verdict(null, null, OutboundFailure.Of(e, plan.StoredAddress.Succeeded(out var address, out _) ? address.Origin.Host : "API").Message);
        }
    }

    private async Task<(VerificationAnswer? Answer, Failure? Refused)> SendAsync(
        ConnectionPlan plan, VerificationRequest verification, PreparedCredentials credentials, CancellationToken cancellationToken)
    {
        if (!TargetOf(plan, credentials.Captured, verification.Url).Succeeded(out var target, out var failure))
            return (null, failure);
        using var message = new HttpRequestMessage(new HttpMethod(verification.Method), (Uri?)null);
        message.Headers.TryAddWithoutValidation("User-Agent", "Patchbay");
        message.Headers.TryAddWithoutValidation("Accept", "*/*");
        message.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        var request = new OutgoingRequest(message, target);
        foreach (var credential in RequestCredentialOrder.SigningLast(credentials.Applied))
            credential.Apply(request);
        request.Complete();
        using var upstream = invokers.Rent(credentials);
        using var response = await upstream.Invoker.SendAsync(message, cancellationToken);
        var buffer = new byte[MaxBody + 1];
        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var isReadable = length <= MaxBody && response.Content.Headers.ContentEncoding.All(e => e.Equals("identity", StringComparison.OrdinalIgnoreCase));
        var headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .ToLookup(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        return (new VerificationAnswer((int)response.StatusCode, isReadable ? buffer[..length] : null, headers, [request.Url, .. request.Headers.Select(h => h.Value)]), null);
    }

    private static Outcome<RawTarget> TargetOf(ConnectionPlan plan, IReadOnlyDictionary<string, string> captured, string url)
    {
        if (!plan.AddressFor(ProxyDirectives.None, captured).Succeeded(out var home, out var failure))
            return failure;
        var variables = new Dictionary<string, string>(plan.Variables, StringComparer.Ordinal);
        foreach (var (name, value) in captured)
            variables[name] = value;
        Protocols.Outcome<RawTarget> made;
        if (url.StartsWith('/'))
        {
            if (!PathTemplate.Parse(url).TryGet(out var template, out var faults) || !template.Expand(new TemplateValues(variables)).TryGet(out var path, out faults))
                return Unfit(faults);
            made = RawTarget.Join(home, path);
        }
        else
        {
            if (!BaseUrlTemplate.Parse(url).TryGet(out var template, out var faults) || !template.Expand(new TemplateValues(variables)).TryGet(out var address, out faults))
                return Unfit(faults);
            if (address.Origin != home.Origin && !plan.AllowedHosts.Contains(address.Origin))
            {
                return new Failure(FailureKind.Invalid, "host_not_allowed",
                    $"The verification request would take the connection's credentials to {address.Origin}. They go to the connector's base URL and its allowedHosts only.");
            }

            made = RawTarget.Join(address, "");
        }

        return made.TryGet(out var target, out var unfit) ? target : Unfit(unfit);

        static Failure Unfit(IReadOnlyList<Protocols.Fault> faults) =>
            new(FailureKind.Invalid, "verification_invalid", $"The URL of the verification request cannot be filled in: {string.Join(" ", faults.Select(f => f.Message))}");
    }

    private static Verdict Judge(VerificationRequest verification, VerificationAnswer answer)
    {
        var looksInside = verification.Failed?.Any(rule => rule.Path is not null) == true;
        if (verification.ShowsValid(answer.Status, answer.Body, answer.HeaderOf))
        {
            return answer.Body is null && looksInside
                ? new Verdict(null, answer.Status, "The answer to the verification request is too long or packed, so that its rules could not be applied.")
                : new Verdict(true, answer.Status, "The credential works.");
        }

        // An API that is overloaded or down says nothing about who asks, unless a rule says that this is how it says it.
        var isNamed = !(verification with { Statuses = [answer.Status] }).ShowsValid(answer.Status, answer.Body, answer.HeaderOf);
        if (!isNamed && answer.Status is (int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.TooManyRequests or >= (int)HttpStatusCode.InternalServerError)
            return new Verdict(null, answer.Status, $"The verification request was answered with {answer.Status}, which says nothing about the credential.");
        return new Verdict(false, answer.Status, $"The verification request was answered with {answer.Status}{(answer.Code() is { } code ? $" ({code})" : "")}.");
    }

    /// <param name="Status">The status.</param>
    /// <param name="Body">The body; null where it is too long to look at, or packed.</param>
    /// <param name="Headers">The headers.</param>
    /// <param name="Sent">The request's URL and header values, for which a code must not be mistaken.</param>
    private sealed record VerificationAnswer(int Status, byte[]? Body, ILookup<string, string> Headers, IReadOnlyList<string> Sent)
    {
        private static readonly string[] CodeFields = ["error", "code", "error_code", "errorCode", "type"];

        public string? HeaderOf(string name) => Headers.Contains(name) ? string.Join(", ", Headers[name]) : null;

        /// <summary>The short word by which APIs say to programs what is wrong, where there is one.</summary>
        public string? Code()
        {
            try
            {
                using var document = JsonDocument.Parse(Body ?? [], new JsonDocumentOptions { MaxDepth = 32 });
                var root = document.RootElement;
                var inside = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? error : root;
                return inside.ValueKind != JsonValueKind.Object ? null : CodeFields
                    .Select(f => inside.TryGetProperty(f, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null)
                    .FirstOrDefault(code => code is { Length: <= 40 } && CodeShape().IsMatch(code) && !Sent.Any(s => s.Contains(code, StringComparison.OrdinalIgnoreCase)));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                return null;
            }
        }

        /// <summary>The type and status, never what was sent.</summary>
        public override string ToString() => $"{nameof(VerificationAnswer)} ({Status})";
    }

    /// <summary>Words, so that no key can pass for one.</summary>
    [GeneratedRegex("^[A-Za-z]+([_.-][A-Za-z]+){0,5}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeShape();
}

using System.Net.Http.Headers;
using System.Text;
using Patchbay.OAuth.Http;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Text;
using Patchbay.OAuth.Tokens;

namespace Patchbay.OAuth.Trades;

/// <summary>Trades users' values for tokens. Cheap to make, safe for concurrent use; it keeps nothing.</summary>
/// <param name="invoker">What requests go out by; the caller owns it. It must not follow redirects.</param>
/// <param name="time">The clock of expiries and of the time limit.</param>
/// <param name="limits">How much an exchange may cost; <see cref="ExchangeLimits.Default"/> unless told.</param>
public sealed class TokenTrader(HttpMessageInvoker invoker, TimeProvider time, ExchangeLimits? limits = null)
{
    private const string RejectedCode = "invalid_grant";

    private static readonly AnswerRule[] RejectedByDefault = [new AnswerRule { Statuses = [401] }];

    private readonly Exchange _exchange = new(invoker, time, limits ?? ExchangeLimits.Default);

    /// <summary>Makes a trade.</summary>
    /// <param name="trade">The request and the answer.</param>
    /// <param name="values">What the placeholders stand for. All of it counts as secret.</param>
    /// <param name="cancellationToken">Gives up; the only thing that throws.</param>
    /// <returns>The token, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<EndpointResult<TokenGrant>> TradeAsync(
        TokenTrade trade, IReadOnlyDictionary<string, string> values, CancellationToken cancellationToken)
    {
        var requestedAt = _exchange.Time.GetUtcNow();
        var faults = new List<OAuthFault>();
        using var request = Write(trade, values, faults);
        if (request is null) return EndpointResult.NotSent<TokenGrant>(faults);

        var (received, failure) = await _exchange.SendAsync(request, cancellationToken);
        if (received is null) return EndpointResult.Of<TokenGrant>(failure!);

        var foreign = new ForeignText([.. values.Values, request.Headers.Authorization?.Parameter ?? ""]);
        var context = new TokenAnswerContext(trade.Answer, trade.DefaultLifetimeSeconds, requestedAt, RequestedScopes: null, foreign);
        var result = TokenAnswerReader.Read(received, context);
        if (result.Succeeded || FailureAnswer.Outage(received) is not null) return result;
        var answer = received.Read();
        if (answer.MatchesAny(trade.Answer.Transient) || !answer.MatchesAny(trade.Rejected ?? RejectedByDefault)) return result;

        // The user's values are to this scheme what a grant is to OAuth.
        var said = result.Failure as EndpointFailure.Refused;
        return EndpointResult.Of<TokenGrant>(new EndpointFailure.Refused(
            RefusalKind.DeadGrant, RejectedCode, said?.ProviderCode ?? RejectedCode, said?.Description, received.Status, definitive: true));
    }

    private static HttpRequestMessage? Write(TokenTrade trade, IReadOnlyDictionary<string, string> values, List<OAuthFault> faults)
    {
        var url = WebUrl.Expand(trade.Url, values.GetValueOrDefault, "url", faults);
        if (faults.Count == 0 && WebUrl.WhyNot(url) is { } why) faults.Add(new OAuthFault("url", why));
        var query = Parameters(trade.Query, values, "query", faults);
        var headers = Parameters(trade.Headers, values, "headers", faults);
        foreach (var (name, value) in headers)
        {
            if ((HeaderText.WhyNotName(name) ?? HeaderText.WhyNotValue(value)) is { } whyHeader) faults.Add(new OAuthFault($"headers.{name}", whyHeader));
        }

        var basic = trade.Basic is { } auth ? Basic(Expand(auth.Username, "basic.username"), Expand(auth.Password, "basic.password")) : null;
        var form = trade.Form is null ? null : FormText.Write(Parameters(trade.Form, values, "form", faults));
        var json = JsonTemplate.Expand(trade.Json, values.GetValueOrDefault, "json", faults);
        if (faults.Count > 0) return null;

        url = WebUrl.WithQuery(url, FormText.Write(query));
        if (url.Length > WebUrl.MaxLengthWithQuery)
        {
            faults.Add(new OAuthFault("url", $"would be longer than {WebUrl.MaxLengthWithQuery} characters"));
            return null;
        }

        var request = new HttpRequestMessage(new HttpMethod(trade.Method), url);
        if (json is not null) request.Content = Body(json.ToJsonString(), "application/json");
        else if (form is not null) request.Content = Body(form, "application/x-www-form-urlencoded");
        request.Headers.Authorization = basic;
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;

        AuthenticationHeaderValue Basic(string username, string password)
        {
            if (username.Contains(':', StringComparison.Ordinal)) faults.Add(new OAuthFault("basic.username", "has a colon in it, which would be taken for its end"));
            return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}")));
        }

        string Expand(string text, string field) => PlaceholderText.Expand(text, values.GetValueOrDefault, field, faults);
    }

    private static List<Parameter> Parameters(
        IReadOnlyDictionary<string, string>? texts, IReadOnlyDictionary<string, string> values, string field, List<OAuthFault> faults) =>
    [
        .. (texts ?? new Dictionary<string, string>(StringComparer.Ordinal)).Select(each =>
            new Parameter(each.Key, PlaceholderText.Expand(each.Value, values.GetValueOrDefault, $"{field}.{each.Key}", faults))),
    ];

    private static ByteArrayContent Body(string text, string type) =>
        new(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
}

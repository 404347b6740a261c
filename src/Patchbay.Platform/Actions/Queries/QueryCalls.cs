using System.Globalization;
using System.Net.Http.Headers;
using Patchbay.OAuth.Answers;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Proxy;
using Patchbay.Protocols.BigQuery;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Actions.Queries;

/// <summary>Sends requests to BigQuery with a connection's credentials, and once more where a token has expired.</summary>
internal sealed class QueryCalls(UpstreamInvokers invokers, LiveCredentials live, TimeProvider clock)
{
    /// <summary>A page has 10 MB at most by BigQuery's rules, and somewhat more as JSON with all its names.</summary>
    private const int MaxPageBytes = 64 * 1024 * 1024;

    /// <summary>Prepares a sender, with a token in hand.</summary>
    /// <param name="plan">The connection.</param>
    /// <param name="sent">Is told of each answer's status, or of null where there was none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Outcome<BigQuerySend>> SenderAsync(ConnectionPlan plan, Action<int?> sent, CancellationToken cancellationToken)
    {
        if (!plan.AddressFor(ProxyDirectives.None).Succeeded(out var address, out var failure))
            return failure;
        if (!(await live.PrepareAsync(plan.Credentials, forceRefresh: false, cancellationToken)).Succeeded(out var credentials, out failure))
            return failure;
        return (BigQuerySend)(async (method, path, body, token) =>
        {
            int? status = null;
            try
            {
                var answer = await SendAsync(address, credentials, method, path, body, token);
                if (credentials.Grants.Any(g => MeansExpired(g.Credential.Source.Use, answer)) && await live.RenewAsync(credentials, use => MeansExpired(use, answer), token) is { } renewed)
                {
                    credentials = renewed;
                    answer = await SendAsync(address, credentials, method, path, body, token);
                }

                status = answer.Status;
                return answer;
            }
            finally
            {
                sent(status);
            }
        });
    }

    private async Task<BigQueryAnswer> SendAsync(
        TargetAddress address, PreparedCredentials credentials, HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(method, (Uri?)null);
        message.Headers.TryAddWithoutValidation("User-Agent", "Patchbay");
        message.Headers.TryAddWithoutValidation("Accept", "application/json");
        message.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        var target = RawTarget.Join(address, path).TryGet(out var joined, out var faults) ? joined : throw new InvalidOperationException(faults[0].Message);
        var request = new OutgoingRequest(message, target) { Body = body };
        foreach (var credential in RequestCredentialOrder.SigningLast(credentials.Applied))
            credential.Apply(request);
        request.Complete();
        using var upstream = invokers.Rent(credentials);
        using var response = await upstream.Invoker.SendAsync(message, cancellationToken);
        var (whole, isTooLong) = await ReadAsync(response, cancellationToken);
        return new BigQueryAnswer((int)response.StatusCode, whole, RetryAfterOf(response)) { IsTooLong = isTooLong };
    }

    private static async Task<(byte[] Body, bool IsTooLong)> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > MaxPageBytes)
            return ([], true);
        using var body = new MemoryStream();
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            if (body.Length + read > MaxPageBytes)
                return ([], true);
            body.Write(buffer, 0, read);
        }

        return (body.ToArray(), false);
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("Retry-After", out var values))
            return null;
        var text = values.ToString();
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return TimeSpan.FromSeconds(seconds);
        return DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at > clock.GetUtcNow() ? at - clock.GetUtcNow() : null;
    }

    private static bool MeansExpired(TokenUse use, BigQueryAnswer answer) => use.Judge.MeansExpired(answer.Status, answer.Body.Span, _ => null);
}

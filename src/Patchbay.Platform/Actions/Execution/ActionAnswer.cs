using Patchbay.Protocols.Http;
using Patchbay.Protocols.Http.Actions;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>An API's answer to the request of an action: read to its end, or open to be read. Disposing it ends the exchange.</summary>
internal sealed class ActionAnswer(
    HttpResponseMessage response, RawTarget target, ShownSecrets shown, RetryAdvice advice, IReadOnlyList<IDisposable> exchange) : IDisposable
{
    public HttpResponseMessage Response { get; } = response;
    public int Status => (int)Response.StatusCode;

    /// <summary>Where the request went, without what credentials put there.</summary>
    public RawTarget Target { get; } = target;

    public ShownSecrets Shown { get; } = shown;
    public RetryAdvice Advice { get; } = advice;

    /// <summary>The body, unpacked; null where it was not read.</summary>
    public byte[]? Body { get; set; }

    /// <summary>Every attempt, this one last.</summary>
    public IReadOnlyList<ActionAttempt> Attempts { get; set; } = [];

    /// <summary>From the call on.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>The value of a header, lists joined by a comma, or null.</summary>
    public string? Header(string name) => HeaderOf(Response, name);

    public static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? values.ToString() : null;

    public void Dispose()
    {
        Response.Dispose();
        foreach (var part in exchange)
            part.Dispose();
    }
}

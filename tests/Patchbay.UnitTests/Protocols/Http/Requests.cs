using System.Text;
using Patchbay.Protocols;
using Patchbay.Protocols.Http;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

/// <summary>Requests to apply credentials to.</summary>
internal static class Requests
{
    public static OutgoingRequest To(
        HttpRequestMessage message, string baseUrl, string remainder, string? body = null, params (string Name, string Value)[] headers)
    {
        if (body is not null) message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        foreach (var (name, value) in headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content!.Headers.TryAddWithoutValidation(name, value);
        }

        return new OutgoingRequest(message, Target(baseUrl, remainder)) { Body = body is null ? null : Encoding.UTF8.GetBytes(body) };
    }

    public static RawTarget Target(string baseUrl, string remainder)
    {
        Assert.True(TargetAddress.Parse(baseUrl).TryGet(out var address, out _));
        Assert.True(RawTarget.Join(address, remainder).TryGet(out var target, out _));
        return target;
    }

    public static T Made<T>(Outcome<T> outcome)
        where T : class, IRequestCredential
    {
        Assert.True(outcome.TryGet(out var credential, out var faults), string.Join(' ', faults));
        return credential;
    }

    public static string[] Subjects<T>(Outcome<T> outcome)
        where T : class => [.. outcome.Faults.Select(fault => fault.Subject)];

    /// <returns>What a log would show of a credential.</returns>
    public static string TextOf(IRequestCredential credential) => $"{credential}";
}

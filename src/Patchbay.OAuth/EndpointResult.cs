using System.Diagnostics.CodeAnalysis;

namespace Patchbay.OAuth;

/// <summary>What an endpoint gave, or why it gave nothing.</summary>
/// <typeparam name="T">What a success holds.</typeparam>
public sealed class EndpointResult<T>
    where T : class
{
    internal EndpointResult(T? value, EndpointFailure? failure)
    {
        Value = value;
        Failure = failure;
    }

    /// <summary>What the endpoint gave, or null.</summary>
    public T? Value { get; }

    /// <summary>Why there is nothing, or null.</summary>
    public EndpointFailure? Failure { get; }

    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Value is not null;

    /// <summary>The state, never the value: it may be a secret.</summary>
    public override string ToString() => Failure?.Message ?? "Succeeded";
}

/// <summary>Makes results.</summary>
internal static class EndpointResult
{
    public static EndpointResult<T> Of<T>(T value)
        where T : class => new(value, failure: null);

    public static EndpointResult<T> Of<T>(EndpointFailure failure)
        where T : class => new(value: null, failure);

    public static EndpointResult<T> NotSent<T>(IReadOnlyList<OAuthFault> faults)
        where T : class => new(value: null, new EndpointFailure.NotSent(faults));
}

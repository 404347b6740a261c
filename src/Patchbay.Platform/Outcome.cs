using System.Diagnostics.CodeAnalysis;

namespace Patchbay.Platform;

/// <summary>Why an operation did not happen. Each kind is one class of answer; which status it has is the business of <c>Http</c>.</summary>
public enum FailureKind
{
    /// <summary>The input is wrong; <see cref="Failure.Fields"/> says where.</summary>
    Invalid,

    /// <summary>There is no such resource, or not for this caller: the two must look alike.</summary>
    NotFound,

    /// <summary>The caller is not known.</summary>
    Unauthenticated,

    /// <summary>The caller is known and may not.</summary>
    Forbidden,

    /// <summary>The resource does not take the method.</summary>
    MethodNotAllowed,

    /// <summary>The state of the resource does not allow it.</summary>
    Conflict,

    /// <summary>Something else refers to the resource, or it is not any more what the caller takes it for.</summary>
    PreconditionFailed,

    /// <summary>It was there, and is used up or over.</summary>
    Gone,

    /// <summary>The input is sound, and cannot be done with what it refers to.</summary>
    Unprocessable,

    /// <summary>The input is larger than allowed.</summary>
    TooLarge,

    /// <summary>The media type is not understood.</summary>
    UnsupportedMediaType,

    /// <summary>The other side could not be reached or did not answer as a server should.</summary>
    BadGateway,

    /// <summary>The other side did not answer in time.</summary>
    GatewayTimeout,

    /// <summary>Too much is asked at once; later it can be done.</summary>
    TooManyRequests,

    /// <summary>The server cannot do it now.</summary>
    Unavailable,
}

/// <summary>A field of the input with a fault.</summary>
/// <param name="Field">Its path, such as <c>credentials.action[0].credential.data.value</c>.</param>
/// <param name="Message">What is wrong and what would be right. Never the value itself: it may be a secret.</param>
public sealed record FieldFault(string Field, string Message);

/// <summary>An expected failure, as a value.</summary>
/// <param name="Kind">The class of failure.</param>
/// <param name="Code">A stable snake_case word for programs.</param>
/// <param name="Message">A sentence for people: what is wrong, where, and what to do.</param>
public sealed record Failure(FailureKind Kind, string Code, string Message)
{
    /// <summary>Every faulty field of the input, not the first only.</summary>
    public IReadOnlyList<FieldFault> Fields { get; init; } = [];

    /// <summary>More for people, such as a list of what refers to a resource.</summary>
    public string? Details { get; init; }

    /// <summary>After which time it is worth asking again; null where that cannot be told.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Additional members of the answer for operations whose error has more of them; serialised beside the common ones.</summary>
    public object? Extension { get; init; }

    /// <summary>Input with faulty fields.</summary>
    /// <param name="fields">The faults; at least one.</param>
    public static Failure InvalidFields(IReadOnlyList<FieldFault> fields) =>
        new(FailureKind.Invalid, "invalid_request", fields.Count == 1
            ? $"The request has a faulty field: {fields[0].Field}: {fields[0].Message}"
            : $"The request has {fields.Count} faulty fields.")
        { Fields = fields };

    /// <summary>Input with one faulty field.</summary>
    /// <param name="field">The path of the field.</param>
    /// <param name="message">What is wrong.</param>
    public static Failure InvalidField(string field, string message) => InvalidFields([new(field, message)]);

    /// <summary>A resource that is not there for this caller.</summary>
    /// <param name="resource">What it is, in the field's words and snake case: <c>connector</c>.</param>
    public static Failure NotFound(string resource) =>
        new(FailureKind.NotFound, $"{resource}_not_found", $"There is no such {resource.Replace('_', ' ')}.");
}

/// <summary>Either the result of an operation or the reason why there is none.</summary>
/// <typeparam name="T">The result.</typeparam>
public readonly struct Outcome<T>
{
    private readonly T? _value;
    private readonly Failure? _failure;

    private Outcome(T? value, Failure? failure) => (_value, _failure) = (value, failure);

    internal static Outcome<T> From(T value) => new(value, null);

    /// <summary>Splits the outcome.</summary>
    /// <param name="value">The result, where there is one.</param>
    /// <param name="failure">The reason, where there is none.</param>
    /// <returns>Whether the operation happened.</returns>
    public bool Succeeded([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Failure? failure)
    {
        (value, failure) = (_value, _failure);
        return failure is null;
    }

    /// <summary>The reason, or null when the operation happened.</summary>
    public Failure? Failure => _failure;

    /// <summary>A result is a successful outcome.</summary>
    /// <param name="value">The result.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "The conversions are the constructors.")]
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>A failure is an outcome.</summary>
    /// <param name="failure">The reason.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "The conversions are the constructors.")]
    public static implicit operator Outcome<T>(Failure failure) => new(default, failure);
}

/// <summary>The result of an operation that has nothing to say but that it happened.</summary>
public readonly record struct Done;

/// <summary>Makes outcomes where a conversion cannot, as for interfaces.</summary>
internal static class Outcome
{
    public static Outcome<T> Of<T>(T value) => Outcome<T>.From(value);
}

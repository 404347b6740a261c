namespace Patchbay.Platform.Http;

/// <summary>Says in the API description what a field of free form, or a type that takes several forms, looks like: one of these types.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
internal sealed class DescribedAsAttribute(params Type[] types) : Attribute
{
    public IReadOnlyList<Type> Types { get; } = types;
}

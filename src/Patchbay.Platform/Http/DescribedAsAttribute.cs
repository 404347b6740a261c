namespace Patchbay.Platform.Http;

/// <summary>Says in the API description what a field of free form looks like: one of these types.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DescribedAsAttribute(params Type[] types) : Attribute
{
    public IReadOnlyList<Type> Types { get; } = types;
}

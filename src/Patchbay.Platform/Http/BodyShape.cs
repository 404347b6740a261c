using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Patchbay.Platform.Http;

/// <summary>
/// Holds a JSON value against the type that it is to become, and finds every fault, not the first only: wrong types, missing and
/// unknown fields, unknown enum values and discriminators, strings and lists beyond their limits. What passes can be deserialised.
/// </summary>
internal sealed class BodyShape
{
    /// <summary>The length of a string, in characters, where its field sets no other by <see cref="MaxLengthAttribute"/>.</summary>
    public const int DefaultMaxLength = 4096;

    /// <summary>The count of a list where its field sets no other.</summary>
    public const int DefaultMaxCount = 1000;

    private const int MaxFaults = 100;

    private static readonly ConcurrentDictionary<Type, HashSet<string>> EnumNames = new();

    private readonly List<FieldFault> _faults = [];

    private BodyShape()
    {
    }

    /// <summary>Checks a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">The type that it is to become.</param>
    /// <param name="path">The path of the value inside the request; empty for the whole body.</param>
    /// <returns>The faults, in document order; at most 100.</returns>
    public static IReadOnlyList<FieldFault> Check(JsonElement value, Type type, string path = "")
    {
        var shape = new BodyShape();
        shape.CheckValue(value, type, null, path);
        return shape._faults;
    }

    private void CheckValue(JsonElement value, Type type, ICustomAttributeProvider? field, string path)
    {
        if (_faults.Count >= MaxFaults)
            return;
        var optional = Nullable.GetUnderlyingType(type);
        type = optional ?? type;
        // Of JSON as it comes null is a value, but in an optional field nothing tells it from one left out.
        if (value.ValueKind == JsonValueKind.Null && (type != typeof(JsonElement) || optional is not null))
        {
            if (field?.IsDefined(typeof(NullAllowedAttribute), inherit: true) != true)
                Fault(path, "must not be null; leave an optional field out instead");
        }
        else if (type == typeof(string))
            CheckString(value, field, path);
        else if (type == typeof(bool))
            Expect(value.ValueKind is JsonValueKind.True or JsonValueKind.False, path, "must be true or false");
        else if (type == typeof(int))
            CheckInteger(value, field, path);
        else if (type == typeof(long))
            Expect(value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _), path, "must be a whole number");
        else if (type == typeof(double))
            Expect(value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var d) && double.IsFinite(d), path, "must be a number");
        else if (type == typeof(Ulid))
            Expect(Text(value) is { } text && Ulid.TryParse(text, out _), path, "must be a ULID: 26 characters of Crockford's base 32");
        else if (type == typeof(DateTimeOffset))
            Expect(Text(value) is not null && value.TryGetDateTimeOffset(out _), path, "must be an RFC 3339 time");
        else if (type.IsEnum)
            CheckEnum(value, type, path);
        else if (type == typeof(JsonElement) || type.IsAssignableTo(typeof(JsonNode)))
            CheckAnything(value, type, path);
        else
            CheckComposite(value, type, field, path);
    }

    private void CheckString(JsonElement value, ICustomAttributeProvider? field, string path)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            Fault(path, "must be a string");
            return;
        }

        if (Text(value) is not { } text)
        {
            Fault(path, "is not valid Unicode text");
            return;
        }

        var maxLength = Attribute<MaxLengthAttribute>(field)?.Length ?? DefaultMaxLength;
        if (text.Length > maxLength)
            Fault(path, $"is longer than {maxLength} characters");
        else if (text.Contains('\0', StringComparison.Ordinal))
            Fault(path, "must not contain the character U+0000");
        else if (Attribute<MinLengthAttribute>(field) is { } min && text.Length < min.Length)
            Fault(path, min.Length == 1 ? "must not be empty" : $"must have at least {min.Length} characters");
        else if (Attribute<RegularExpressionAttribute>(field) is { } pattern && !Matches(pattern, text))
            Fault(path, pattern.ErrorMessage ?? $"must match {pattern.Pattern}");
    }

    private void CheckInteger(JsonElement value, ICustomAttributeProvider? field, string path)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number))
            Fault(path, "must be a whole number");
        else if (Attribute<RangeAttribute>(field) is { } range && (number < (int)range.Minimum || number > (int)range.Maximum))
            Fault(path, $"must be from {range.Minimum} to {range.Maximum}");
    }

    private void CheckEnum(JsonElement value, Type type, string path)
    {
        var names = NamesOf(type);
        if (Text(value) is not { } text || !names.Contains(text))
            Fault(path, $"must be one of {string.Join(", ", names.Select(n => $"\"{n}\""))}");
    }

    /// <summary>A value of free form: only what no store could keep is a fault.</summary>
    private void CheckAnything(JsonElement value, Type type, string path)
    {
        if (type == typeof(JsonObject) && value.ValueKind != JsonValueKind.Object)
            Fault(path, "must be an object");
        else if (type == typeof(JsonArray) && value.ValueKind != JsonValueKind.Array)
            Fault(path, "must be an array");
        else
            CheckStringsInside(value, path);
    }

    private void CheckStringsInside(JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String when Text(value)?.Contains('\0', StringComparison.Ordinal) != false:
                Fault(path, "is not valid Unicode text without U+0000");
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                    CheckStringsInside(item, $"{path}[{index++}]");
                break;
            case JsonValueKind.Object:
                foreach (var (name, item) in Members(value, path))
                    CheckStringsInside(item, Join(path, name));
                break;
        }
    }

    private void CheckComposite(JsonElement value, Type type, ICustomAttributeProvider? field, string path)
    {
        var info = ApiJson.Options.GetTypeInfo(type);
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Enumerable:
                CheckList(value, info.ElementType!, field, path);
                break;
            case JsonTypeInfoKind.Dictionary when value.ValueKind == JsonValueKind.Object:
                foreach (var (name, item) in Members(value, path))
                    CheckValue(item, info.ElementType!, null, Join(path, name));
                break;
            case JsonTypeInfoKind.Object when value.ValueKind == JsonValueKind.Object:
                CheckObject(value, info, path);
                break;
            default:
                Fault(path, path.Length == 0 ? "the body must be a JSON object" : "must be an object");
                break;
        }
    }

    private void CheckList(JsonElement value, Type elementType, ICustomAttributeProvider? field, string path)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            Fault(path, "must be an array");
            return;
        }

        var maxCount = Attribute<MaxLengthAttribute>(field)?.Length ?? DefaultMaxCount;
        if (value.GetArrayLength() > maxCount)
        {
            Fault(path, $"has more than {maxCount} elements");
            return;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
            CheckValue(item, elementType, null, $"{path}[{index++}]");
    }

    private void CheckObject(JsonElement value, JsonTypeInfo info, string path)
    {
        string? discriminator = null;
        if (info.PolymorphismOptions is { } variants)
        {
            discriminator = variants.TypeDiscriminatorPropertyName;
            if (VariantOf(value, variants, path) is not { } variant)
                return;
            info = ApiJson.Options.GetTypeInfo(variant);
        }

        var missing = info.Properties.Where(p => p.IsRequired).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, item) in Members(value, path))
        {
            missing.Remove(name);
            if (name == discriminator)
                continue;
            var property = info.Properties.FirstOrDefault(p => p.Name == name && (p.Set is not null || p.AssociatedParameter is not null));
            if (property is null)
                Fault(Join(path, name), "is not a field of this object");
            else
                CheckValue(item, property.PropertyType, property.AttributeProvider, Join(path, name));
        }

        foreach (var name in missing.Order(StringComparer.Ordinal))
            Fault(Join(path, name), "is required");
    }

    private Type? VariantOf(JsonElement value, JsonPolymorphismOptions variants, string path)
    {
        var name = variants.TypeDiscriminatorPropertyName;
        var known = variants.DerivedTypes.Select(d => (string)d.TypeDiscriminator!).ToList();
        if (!value.TryGetProperty(name, out var given))
            Fault(Join(path, name), $"is required; it is one of {Listed(known)}");
        else if (Text(given) is { } text && variants.DerivedTypes.FirstOrDefault(d => text == (string)d.TypeDiscriminator!) is { DerivedType: { } type })
            return type;
        else
            Fault(Join(path, name), $"must be one of {Listed(known)}");
        return null;

        static string Listed(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"\"{n}\""));
    }

    private IEnumerable<(string Name, JsonElement Value)> Members(JsonElement value, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            string name;
            try
            {
                name = member.Name;
            }
            catch (InvalidOperationException)
            {
                // A lone surrogate, written as an escape.
                Fault(path, "has a field whose name is not valid Unicode text");
                continue;
            }

            if (name.Contains('\0', StringComparison.Ordinal))
                Fault(path, "has a field whose name contains U+0000");
            else if (!seen.Add(name))
                Fault(Join(path, name), "stands twice");
            else
                yield return (name, member.Value);
        }
    }

    private void Expect(bool holds, string path, string message)
    {
        if (!holds)
            Fault(path, message);
    }

    private void Fault(string path, string message)
    {
        if (_faults.Count < MaxFaults)
            _faults.Add(new FieldFault(path.Length > 200 ? path[..200] + "…" : path, message));
    }

    private static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate, written as an escape.
            return null;
        }
    }

    /// <summary>The attribute itself lets the empty text pass, whatever its pattern.</summary>
    private static bool Matches(RegularExpressionAttribute pattern, string text) =>
        text.Length == 0 ? Regex.IsMatch(text, pattern.Pattern, RegexOptions.None, pattern.MatchTimeout) : pattern.IsValid(text);

    private static T? Attribute<T>(ICustomAttributeProvider? field)
        where T : Attribute =>
        field?.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();

    private static HashSet<string> NamesOf(Type type) => EnumNames.GetOrAdd(type, static t =>
        t.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => f.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? f.Name)
            .ToHashSet(StringComparer.Ordinal));

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}

/// <summary>The field may be null, which then says something.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NullAllowedAttribute : Attribute;

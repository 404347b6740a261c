using Patchbay.Importing.Contents;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Versions;

/// <summary>
/// What an action or trigger must be like to be published. Publishing refuses a version for it, and reads of drafts show it as errors
/// while there is time to mend it.
/// </summary>
internal static class ContentRules
{
    /// <summary>All faults of an action, by its fields.</summary>
    /// <param name="action">The action.</param>
    /// <param name="exists">Whether the version has a definition of a name.</param>
    public static IEnumerable<FieldFault> Of(ActionContent action, Func<string, bool> exists) =>
        Of(action).Concat(Dangling(action.Parameters, action.RequestBody, action.Responses, exists));

    /// <summary>All faults of a trigger, by its fields.</summary>
    /// <param name="trigger">The trigger.</param>
    /// <param name="exists">Whether the version has a definition of a name.</param>
    public static IEnumerable<FieldFault> Of(TriggerContent trigger, Func<string, bool> exists) =>
        Of(trigger).Concat(Dangling(trigger.Parameters, trigger.RequestBody, trigger.Responses, exists));

    /// <summary>The faults of an action by itself.</summary>
    public static IEnumerable<FieldFault> Of(ActionContent action) => OfResponses(action.Responses).Concat(OfPath(action));

    /// <summary>The faults of a trigger by itself.</summary>
    public static IEnumerable<FieldFault> Of(TriggerContent trigger) => OfResponses(trigger.Responses);

    /// <summary>What is said of a reference to a definition that is not there.</summary>
    public static string Missing(string definition) => $"refers to the definition '{definition}', which does not exist";

    private static IEnumerable<FieldFault> OfResponses(IReadOnlyList<ResponseContent> responses)
    {
        if (responses.Count == 0)
            yield return new("responses", "must have at least one response");
    }

    private static IEnumerable<FieldFault> OfPath(ActionContent action)
    {
        var template = PathTemplate.Parse(action.Path);
        if (!template.TryGet(out var parsed, out var unfit))
            return unfit.Select(f => new FieldFault("path", f.Message));
        var known = action.Parameters.Where(p => p.In == "path").Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        return parsed.References.Where(r => r.Scope == TemplateScope.Parameter).Select(r => r.Name).Distinct(StringComparer.Ordinal)
            .Where(name => !known.Contains(name))
            .Select(name => new FieldFault("path", $"takes the parameter '{name}', which is no path parameter of the action"));
    }

    private static IEnumerable<FieldFault> Dangling(
        IReadOnlyList<ParameterContent> parameters, BodyContent? body, IReadOnlyList<ResponseContent> responses, Func<string, bool> exists) =>
        DefinitionUses.Places(parameters, body, responses).Where(use => !exists(use.Definition))
            .Select(use => new FieldFault(use.Field, Missing(use.Definition))).Distinct();
}

using Patchbay.Importing.Comparing;
using Patchbay.Platform.Connectors;

namespace Patchbay.Platform.Library;

/// <summary>Reads the choices of a merge: some are about parts, some about settings of the connector.</summary>
internal static class MergeChoices
{
    /// <summary>The choice as merging takes it; null for one about a setting.</summary>
    public static MergeResolution? OfPart(MergeResolutionJson resolution) => resolution.Kind <= MergeSubject.Definition
        ? new MergeResolution(new PartKey((PartKind)resolution.Kind, resolution.Name!), resolution.Field, (MergeSide)resolution.Take)
        : null;

    /// <summary>Whether a setting of upstream's is asked for.</summary>
    public static bool IsTaken(MergeUpstreamVersionJson request, ConnectorSetting kind, string? name) =>
        (request.Resolutions ?? []).Any(r => r.Take == MergeTake.Upstream && SettingOf(r) == kind && r.Name == name);

    /// <summary>The setting that a choice is about; null for one about a part.</summary>
    public static ConnectorSetting? SettingOf(MergeResolutionJson resolution) => resolution.Kind switch
    {
        MergeSubject.BaseUrl => ConnectorSetting.BaseUrl,
        MergeSubject.AllowedHosts => ConnectorSetting.AllowedHosts,
        MergeSubject.AuthSchemeConfig => ConnectorSetting.AuthSchemeConfig,
        MergeSubject.ConnectionVariable => ConnectorSetting.ConnectionVariable,
        _ => null,
    };

    /// <summary>What is wrong with choices by themselves.</summary>
    public static List<FieldFault> Faults(MergeUpstreamVersionJson request)
    {
        var faults = new List<FieldFault>();
        foreach (var (index, resolution) in (request.Resolutions ?? []).Index())
        {
            var named = resolution.Kind is not (MergeSubject.BaseUrl or MergeSubject.AllowedHosts);
            if (named && string.IsNullOrEmpty(resolution.Name))
                faults.Add(new($"resolutions[{index}].name", "is required for this kind"));
            if (!named && resolution.Name is not null)
                faults.Add(new($"resolutions[{index}].name", "is not a field of this kind"));
            if (SettingOf(resolution) is not null && resolution.Field is not null)
                faults.Add(new($"resolutions[{index}].field", "is not a field of this kind"));
            if (SettingOf(resolution) is not null && resolution.Take == MergeTake.Base)
                faults.Add(new($"resolutions[{index}].take", "must be own or upstream for this kind"));
        }

        return faults;
    }

    /// <summary>Choices that are about nothing, which is a mistake, or a choice of yesterday.</summary>
    public static List<FieldFault> Idle(MergeUpstreamVersionJson request, MergedContents merged)
    {
        var idle = merged.Idle.ToHashSet();
        return [.. (request.Resolutions ?? []).Index().Where(r => OfPart(r.Item) is { } part && idle.Contains(part))
            .Select(r => r.Item.Field is null
                ? new FieldFault($"resolutions[{r.Index}].name", "is in none of the versions that are merged")
                : new FieldFault($"resolutions[{r.Index}].field", "is not in conflict"))];
    }
}

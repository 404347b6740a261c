using System.Text.Json.Nodes;
using Patchbay.Importing;
using Patchbay.Importing.Exporting;
using Xunit;

namespace Patchbay.UnitTests.Importing.Exporting;

/// <summary>Published descriptions, imported, exported and imported again.</summary>
public sealed class CorpusExportTests
{
    public static TheoryData<string> Files { get; } = [.. Corpus.Files("openapi"), .. Corpus.Files("swagger2")];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task An_exported_description_is_valid_and_is_read_back_as_it_was(string file)
    {
        var connector = Import(file);
        var exported = Exported.Of(connector);

        Exported.AssertSame(connector.Contents, Exported.Back(exported));
        var other = await Exported.AssertValidAsync(exported);
        var operations = other.Paths.SelectMany(path => path.Value.Operations ?? []).Count();
        Assert.Equal(connector.Contents.Actions.Count, operations + exported.Remarks.Count(remark => remark.StartsWith("The action", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Yaml_says_the_same_as_json(string file)
    {
        var connector = Import(file);
        Exported.AssertSame(connector.Contents, Exported.Back(Exported.Of(connector, DescriptionFormat.Yaml)));
    }

    /// <summary>What other tools do not see is the exception: few parts need the extension.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Nearly_all_of_a_description_is_said_in_the_words_of_the_specification(string file)
    {
        var connector = Import(file);
        var exact = Exported.Json(Exported.Of(connector))[ExactContents.Field] as JsonObject ?? [];
        var parts = connector.Contents.Actions.Count + connector.Contents.Triggers.Count + connector.Contents.Definitions.Count;
        var told = exact.Sum(kind => kind.Value!.AsObject().Count);
        Assert.True(told * 20 <= parts, $"{told} of {parts}: {string.Join(", ", exact.SelectMany(kind => kind.Value!.AsObject().Select(entry => $"{kind.Key}/{entry.Key}")).Take(20))}");
    }

    private static ImportedConnector Import(string file)
    {
        var result = DescriptionImporter.Import(Corpus.Read(file), ImportOptions.Default, TestContext.Current.CancellationToken);
        Assert.NotNull(result.Connector);
        return result.Connector;
    }
}

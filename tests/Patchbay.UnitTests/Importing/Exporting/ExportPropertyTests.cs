using System.Text;
using CsCheck;
using Patchbay.Importing;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Exporting;
using Xunit;

namespace Patchbay.UnitTests.Importing.Exporting;

public sealed class ExportPropertyTests
{
    private static readonly long Samples = Environment.GetEnvironmentVariable("PATCHBAY_TESTS_FULL") == "1" ? 20_000 : 300;

    /// <summary>
    /// Whatever contents hold, they come back. Schemas that the importer must refuse (references in circles for one and the same value)
    /// are left out here; other tests say what becomes of them.
    /// </summary>
    [Fact]
    public void Any_contents_come_back_as_they_were() => GeneratedContents.All.Sample(
        contents =>
        {
            if (DefinitionCheck.FaultsOf(contents.Definitions, TestContext.Current.CancellationToken).Any()) return;
            var exported = Exported.Of(GeneratedContents.Connector(contents));
            AssertSame(contents, exported.Document);
        },
        iter: Samples, print: Print);

    [Fact]
    public void Any_contents_come_back_out_of_yaml() => GeneratedContents.All.Sample(
        contents =>
        {
            if (DefinitionCheck.FaultsOf(contents.Definitions, TestContext.Current.CancellationToken).Any()) return;
            AssertSame(contents, Exported.Of(GeneratedContents.Connector(contents), DescriptionFormat.Yaml).Document);
        },
        iter: Samples / 2, print: Print);

    [Fact]
    public void Equal_contents_give_equal_documents() => GeneratedContents.All.Sample(
        contents =>
        {
            var copy = new ConnectorContents([.. contents.Actions], [.. contents.Triggers], [.. contents.Definitions]);
            Assert.Equal(Exported.Of(GeneratedContents.Connector(contents)).Document, Exported.Of(GeneratedContents.Connector(copy)).Document);
        },
        iter: Samples / 10, print: Print);

    private static void AssertSame(ConnectorContents contents, byte[] document)
    {
        var result = DescriptionImporter.Import(document, ImportOptions.Default, TestContext.Current.CancellationToken);
        Assert.True(result.Connector is not null, string.Join('\n', result.Messages.Select(message => message.Text)) + "\n" + Encoding.UTF8.GetString(document));
        Exported.AssertSame(contents, result.Connector.Contents);
    }

    private static string Print(ConnectorContents contents) => Encoding.UTF8.GetString(ContentJson.ToBytes(contents));
}

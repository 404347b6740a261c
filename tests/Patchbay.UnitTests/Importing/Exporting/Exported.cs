using System.Text;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Patchbay.Importing;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Exporting;
using Xunit;

namespace Patchbay.UnitTests.Importing.Exporting;

/// <summary>Shortcuts for tests of exported descriptions.</summary>
internal static class Exported
{
    public static ExportedDescription Of(ImportedConnector connector, DescriptionFormat format = DescriptionFormat.Json) =>
        OpenApiExporter.Export(connector, format, cancellation: TestContext.Current.CancellationToken);

    /// <summary>A connector of contents alone.</summary>
    public static ImportedConnector Connector(ConnectorContents contents) =>
        new() { Name = "T", Version = "1", BaseUrl = "https://api.example.com", Contents = contents };

    public static JsonObject Json(ExportedDescription description) => JsonNode.Parse(description.Document)!.AsObject();

    /// <summary>The contents that a description is read back to.</summary>
    public static ConnectorContents Back(ExportedDescription description) => Reimport(description).Connector!.Contents;

    public static ImportResult Reimport(ExportedDescription description)
    {
        var result = DescriptionImporter.Import(description.Document, ImportOptions.Default, TestContext.Current.CancellationToken);
        Assert.True(result.Connector is not null, string.Join('\n', result.Messages.Select(message => message.Text)));
        return result;
    }

    /// <summary>Equal part by part, as the store would keep them, so that a failure names what differs.</summary>
    public static void AssertSame(ConnectorContents expected, ConnectorContents actual)
    {
        AssertSame(expected.Actions, actual.Actions, action => action.Name);
        AssertSame(expected.Triggers, actual.Triggers, trigger => trigger.Name);
        AssertSame(expected.Definitions, actual.Definitions, definition => definition.Name);
        Assert.Equal(ContentHash.Of(expected), ContentHash.Of(actual));
    }

    /// <summary>Another reader takes the document for OpenAPI 3.1 and finds nothing wrong with it.</summary>
    public static async Task<OpenApiDocument> AssertValidAsync(ExportedDescription description, string format = "json")
    {
        var settings = new OpenApiReaderSettings { RuleSet = ValidationRuleSet.GetDefaultRuleSet() };
        settings.AddYamlReader();
        using var stream = new MemoryStream(description.Document);
        var result = await OpenApiDocument.LoadAsync(stream, format, settings, TestContext.Current.CancellationToken);
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, result.Diagnostic!.SpecificationVersion);
        Assert.True(result.Diagnostic.Errors.Count == 0, string.Join('\n', result.Diagnostic.Errors.Take(20).Select(error => $"{error.Pointer}: {error.Message}")));
        return result.Document!;
    }

    private static void AssertSame<T>(IEnumerable<T> expected, IEnumerable<T> actual, Func<T, string> nameOf) =>
        Lines.AssertEqual(Texts(expected, nameOf), Texts(actual, nameOf));

    private static IEnumerable<string> Texts<T>(IEnumerable<T> contents, Func<T, string> nameOf) =>
        contents.OrderBy(nameOf, StringComparer.Ordinal).Select(content => Encoding.UTF8.GetString(ContentJson.ToBytes(content)));
}

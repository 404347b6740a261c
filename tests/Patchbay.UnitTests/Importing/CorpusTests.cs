using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Patchbay.Importing;
using Patchbay.Importing.Contents;
using Xunit;

namespace Patchbay.UnitTests.Importing;

/// <summary>Published descriptions, read by us and held against a plain walk of the document and another reader.</summary>
public sealed class CorpusTests
{
    private static readonly string[] Named =
        ["openapi/asana.yaml", "openapi/box.json", "openapi/twilio_api_v2010.json", "openapi/xero_accounting.yaml", "openapi/slack_swagger2.json"];

    public static TheoryData<string> Files { get; } = [.. Named, .. Corpus.Files("swagger2")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_operation_becomes_an_action(string file)
    {
        var document = Corpus.Read(file);
        var contents = Import(document).Contents;

        Assert.Equal(PlainWalk.CountOperations(document, file), contents.Actions.Count);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_definition_is_valid_and_every_reference_resolves(string file) =>
        DefinitionChecks.AssertSound(Import(Corpus.Read(file)).Contents);

    [Theory]
    [MemberData(nameof(Files))]
    public void Nothing_is_refused_and_every_message_says_where(string file)
    {
        var result = DescriptionImporter.Import(Corpus.Read(file), ImportOptions.Default, TestContext.Current.CancellationToken);

        Assert.DoesNotContain(result.Messages, message => message.Severity == ImportSeverity.Error);
        Assert.All(result.Messages, message => Assert.True(message is { Line: > 0, Column: > 0 }, message.Text));
        Assert.InRange(result.Messages.Count, 0, 20);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Another_reader_sees_the_same_operations(string file)
    {
        var document = Corpus.Read(file);
        var contents = Import(document).Contents;
        if (await ReadByOther(document, file) is not { } other) return;

        // Fragments only tell operations apart; both readers keep their order.
        var theirs = other.Paths.SelectMany(path => (path.Value.Operations ?? [])
            .Select(operation => (Path: path.Key, Method: operation.Key.Method, Operation: operation.Value, Item: path.Value))).ToList();
        Lines.AssertEqual(
            theirs.Select(operation => $"{operation.Method} {operation.Path.Split('#')[0]}").Order(StringComparer.Ordinal),
            contents.Actions.Select(action => $"{action.Method} {action.Path.Replace("{{ param.", "{", StringComparison.Ordinal).Replace(" }}", "}", StringComparison.Ordinal)}").Order(StringComparer.Ordinal));

        var byId = contents.Actions.ToDictionary(action => action.Name, StringComparer.Ordinal);
        foreach (var (path, method, operation, item) in theirs)
        {
            var action = byId[operation.OperationId!.Replace('#', '_').Replace(':', '_')];
            Assert.Equal(method, action.Method);
            Lines.AssertEqual(Parameters(operation, item), action.Parameters.Select(parameter => $"{parameter.In} {parameter.Name} {parameter.Required}").Order(StringComparer.Ordinal));
            // An operation without responses has a default one here.
            Lines.AssertEqual(operation.Responses!.Keys.DefaultIfEmpty("default").Order(StringComparer.Ordinal), action.Responses.Select(Key).Order(StringComparer.Ordinal));
            // Of Swagger 2.0 the other reader makes media types that the description does not state.
            if (PlainWalk.IsSwagger(document, file)) continue;
            Lines.AssertEqual(MediaTypes(operation.RequestBody?.Content), MediaTypes(action.RequestBody?.Definitions ?? []));
            foreach (var response in action.Responses)
            {
                Lines.AssertEqual(MediaTypes(operation.Responses[Key(response)].Content), MediaTypes(response.Definitions));
                Lines.AssertEqual((operation.Responses[Key(response)].Headers?.Keys ?? []).Order(StringComparer.Ordinal), response.Headers.Select(header => header.Name).Order(StringComparer.Ordinal));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_response_of_Swagger_has_the_media_types_that_are_stated(string file)
    {
        var document = Corpus.Read(file);
        if (!PlainWalk.IsSwagger(document, file)) return;

        Lines.AssertEqual(
            PlainWalk.SwaggerResponses(document),
            Import(document).Contents.Actions.SelectMany(action => action.Responses.Select(response =>
                $"{action.Name} {Key(response)} {string.Join(',', response.Definitions.SelectMany(link => link.MediaTypes).Order(StringComparer.Ordinal))}")));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Another_reader_sees_the_same_schemas(string file)
    {
        var document = Corpus.Read(file);
        if (await ReadByOther(document, file) is not { } other) return;
        var names = (other.Components?.Schemas?.Keys ?? []).ToList();

        Lines.AssertEqual(names.Select(name => Regex.Replace(name, "[^a-zA-Z0-9_-]", "_", RegexOptions.None, TimeSpan.FromSeconds(1))), Import(document).Contents.Definitions.Take(names.Count).Select(definition => definition.Name));
    }

    private static ImportedConnector Import(byte[] document)
    {
        var result = DescriptionImporter.Import(document, ImportOptions.Default, TestContext.Current.CancellationToken);
        Assert.NotNull(result.Connector);
        return result.Connector;
    }

    /// <summary>The document as the other reader has it; null for one that repeats a name, which it cannot read and of which ours says so.</summary>
    private static async Task<OpenApiDocument?> ReadByOther(byte[] document, string file)
    {
        var settings = new OpenApiReaderSettings();
        settings.AddYamlReader();
        using var stream = new MemoryStream(document);
        try
        {
            var result = await OpenApiDocument.LoadAsync(stream, Path.GetExtension(file)[1..], settings, TestContext.Current.CancellationToken);
            return result.Document!;
        }
        catch (ArgumentException exception) when (exception.Message.Contains("same key", StringComparison.Ordinal))
        {
            var messages = DescriptionImporter.Import(document, ImportOptions.Default, TestContext.Current.CancellationToken).Messages;
            Assert.Contains(messages, message => message.Text.Contains("repeated", StringComparison.Ordinal));
            return null;
        }
    }

    private static IEnumerable<string> Parameters(OpenApiOperation operation, IOpenApiPathItem item)
    {
        var own = operation.Parameters ?? [];
        var shared = (item.Parameters ?? []).Where(parameter => !own.Any(other => other.Name == parameter.Name && other.In == parameter.In));
        return own.Concat(shared).Select(parameter => $"{parameter.In.ToString()!.ToLowerInvariant()} {parameter.Name} {parameter.Required}").Order(StringComparer.Ordinal);
    }

    private static string Key(ResponseContent response) =>
        response.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? response.StatusRange ?? "default";

    private static IEnumerable<string> MediaTypes<T>(IDictionary<string, T>? content) => (content?.Keys ?? []).Order(StringComparer.Ordinal);

    private static IEnumerable<string> MediaTypes(IReadOnlyList<DefinitionLink> links) => links.SelectMany(link => link.MediaTypes).Order(StringComparer.Ordinal);
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patchbay.Importing;

namespace Patchbay.Server;

/// <summary>Writes what an import made as files: the connector, each action, trigger and definition. Definitions refer to each other as files.</summary>
internal static class ContentFiles
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        MaxDepth = 512,
    };

    /// <summary>Names are letters, digits, <c>_</c>, <c>-</c> and <c>$</c>, so none leads out of the folder.</summary>
    public static async Task WriteAsync(string folder, ImportedConnector connector, CancellationToken cancellationToken)
    {
        var contents = connector.Contents;
        await WriteAllAsync(Directory.CreateDirectory(folder), [("connector", Text(new
        {
            connector.Name, connector.Version, connector.Description, connector.BaseUrl, connector.DocumentationUrl, connector.Variables,
            AuthSchemes = connector.AuthSchemes.Select(scheme => (object)scheme), connector.Source,
        }))]);
        await WriteAllAsync(Directory.CreateDirectory(Path.Combine(folder, "actions")), contents.Actions.Select(action => (action.Name, Text(action))));
        await WriteAllAsync(Directory.CreateDirectory(Path.Combine(folder, "triggers")), contents.Triggers.Select(trigger => (trigger.Name, Text(trigger))));
        await WriteAllAsync(Directory.CreateDirectory(Path.Combine(folder, "definitions")), contents.Definitions.Select(definition => (definition.Name, definition.Schema + "\n")));

        async Task WriteAllAsync(DirectoryInfo into, IEnumerable<(string Name, string Text)> files)
        {
            foreach (var (name, text) in files)
                await File.WriteAllTextAsync(Path.Combine(into.FullName, name + ".json"), text, cancellationToken);
        }
    }

    private static string Text<T>(T value) => JsonSerializer.Serialize(value, Options) + "\n";
}

using System.CommandLine;
using Patchbay.Importing;
using Patchbay.Platform;
using Patchbay.Platform.Versions;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Server;

/// <summary><c>patchbay import FILE</c>: what would become of a description, without a server and without a store.</summary>
internal static class ImportCommand
{
    private const int Imported = 0;
    private const int Refused = 1;
    private const int Misused = 2;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A description, with the documents that it refers to beside it; a zip of them; a Postman collection; or an http or https URL." };
        var report = new Option<bool>("--report") { Description = "Print what was carried over, approximated and left out, and each message with its place." };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON." };
        var output = new Option<string>("--output", "-o") { Description = "Write actions, triggers and definitions as files into this folder, which must be empty or not there yet." };
        var allowNetwork = new Option<string[]>("--allow-network") { Description = "A private network that FILE may be fetched from, such as 127.0.0.0/8; repeatable." };
        var command = new Command("import", "Reads an API description and shows what a connector of it would have. Keeps nothing, and needs no server.") { file, report, json, output, allowNetwork };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(file)!, parsed.GetValue(report), parsed.GetValue(json), parsed.GetValue(output), parsed.GetValue(allowNetwork) ?? [], cancellationToken));
        return command;
    }

    /// <summary>The exit code of a command line that was wrong, once what is wrong was printed.</summary>
    public static async Task<int> MisusedAsync(Task<int> printed)
    {
        await printed;
        return Misused;
    }

    private static async Task<int> RunAsync(string file, bool report, bool json, string? output, string[] allowNetwork, CancellationToken cancellationToken)
    {
        try
        {
            if (output is not null && Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any())
                return await FailAsync(Misused, $"the folder {output} is not empty; name another with --output.");
            var result = Uri.TryCreate(file, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                ? await FetchAsync(url, allowNetwork, cancellationToken)
                : await ReadAsync(file, cancellationToken);
            if (result.Connector is not { } connector)
            {
                var reason = result.Messages.First(m => m.Severity == ImportSeverity.Error);
                await Console.Error.WriteLineAsync($"{ImportReport.PlaceOf(reason, file)}: {reason.Text}{(reason.Pointer.Length > 0 ? $" ({reason.Pointer})" : "")}");
                return Refused;
            }

            var shown = new ImportReport(file, result, connector);
            await Console.Out.WriteAsync(json ? shown.ToJson() : report ? shown.ToText() : shown.Summary());
            if (output is not null)
                await ContentFiles.WriteAsync(output, connector, cancellationToken);
            return Imported;
        }
        catch (MisuseException e)
        {
            return await FailAsync(Misused, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return await FailAsync(Misused, e.Message);
        }
    }

    private static async Task<ImportResult> ReadAsync(string file, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(file);
        if (Directory.Exists(path))
            throw new MisuseException($"{file} is a folder; name the description in it, such as {Path.Combine(file, "openapi.yaml")}.");
        if (!File.Exists(path))
            throw new MisuseException($"there is no file {file}.");
        var options = new ImportOptions
        {
            Format = Path.GetExtension(path).ToLowerInvariant() switch { ".json" => DescriptionFormat.Json, ".yaml" or ".yml" => DescriptionFormat.Yaml, _ => DescriptionFormat.Unknown },
        };
        if (await FolderDocuments.ReadFileAsync(path, options.MaxDocumentBytes, cancellationToken) is not { } document)
            return RefusedAs($"The document is larger than {options.MaxDocumentBytes} bytes");
        var folder = new FolderDocuments(path, options.MaxDocumentBytes - document.Length);
        return await DescriptionImporter.ImportAsync(document, options, folder, cancellationToken);
    }

    private static async Task<ImportResult> FetchAsync(Uri url, string[] allowNetwork, CancellationToken cancellationToken)
    {
        if (!NetworkPolicy.Parse(allowNetwork).TryGet(out var policy, out var faults))
            throw new MisuseException($"--allow-network: {string.Join(" ", faults.Select(f => f.Message))}");
        using var fetcher = new DescriptionFetcher(new OutboundNetwork(policy, TimeProvider.System), TimeProvider.System);
        var maxBytes = new PatchbaySettings().MaxDescriptionBytes;
        var fetched = await fetcher.FetchAsync(url, maxBytes, cancellationToken);
        if (fetched.Document is not { } document)
            return RefusedAs(fetched.Failure!.Message.TrimEnd('.'));
        var options = new ImportOptions { MediaTypeHint = document.ContentType, SourceUrl = document.Address, MaxDocumentBytes = maxBytes };
        return await DescriptionImporter.ImportAsync(document.Content, options, fetcher.DocumentsOf(document, maxBytes), cancellationToken);
    }

    private static ImportResult RefusedAs(string reason) => new(null, [new ImportMessage(ImportSeverity.Error, reason, "", 0, 0)]);

    private static async Task<int> FailAsync(int code, string message)
    {
        await Console.Error.WriteLineAsync($"Patchbay: {message}");
        return code;
    }

    /// <summary>The command cannot be carried out as it stands; the message says what to change.</summary>
    private sealed class MisuseException(string message) : Exception(message);
}

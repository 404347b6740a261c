using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Patchbay.Platform.Agents;

/// <summary>
/// Answers what a client of the Model Context Protocol asks about tools. Which organisation's they are was decided by the authorizer, and what is
/// looked at here goes through the tenant filter.
/// </summary>
internal sealed partial class ServeTools(ToolCatalog catalog, ToolSchemas schemas, RunTool run, MetaTools meta, IHttpContextAccessor http, ILogger<ServeTools> logger)
{
    /// <summary>How many tools a page has; a page is read whole by a model.</summary>
    public const int PageSize = 50;

    /// <summary>Lists only the tools that find others.</summary>
    private const string MetaOnly = "search";

    /// <summary>A page of the list, the tools that find others first.</summary>
    /// <exception cref="McpProtocolException">The cursor is none of ours.</exception>
    public async Task<ListToolsResult> ListAsync(string? cursor, CancellationToken cancellationToken)
    {
        var isBehind = cursor is null ? null : ToolCatalog.Behind(cursor) ?? throw new McpProtocolException("The cursor is none that this server gave.", McpErrorCode.InvalidParams);
        var result = new ListToolsResult { Tools = [] };
        if (isBehind is null)
        {
            foreach (var tool in MetaTools.All)
                result.Tools.Add(Described(tool));
        }

        if (Query("tools") == MetaOnly)
            return result;
        var connectors = await catalog.ReadAsync(Query("connector"), cancellationToken);
        var tools = ToolCatalog.All(connectors, ToolCatalog.WordsOf(Query("search")));
        var page = (isBehind is null ? tools : tools.Where(isBehind)).Take(PageSize + 1).ToList();
        if (page.Count > PageSize)
        {
            page.RemoveAt(PageSize);
            result.NextCursor = page[^1].Cursor;
        }

        foreach (var described in await schemas.DescribeAsync(page, ToolSchemas.InListBytes, cancellationToken))
            result.Tools.Add(Described(described));
        return result;
    }

    /// <summary>Calls a tool. What is wrong with the call, or went wrong, is a result that says so, which a model can act on.</summary>
    /// <exception cref="McpProtocolException">There is no such tool.</exception>
    public async Task<CallToolResult> CallAsync(string name, IReadOnlyDictionary<string, JsonElement> arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await AnswerAsync(name, arguments, cancellationToken);
        }
        catch (Exception e) when (e is not (McpProtocolException or OperationCanceledException))
        {
            // The protocol's own code makes a result of any exception, and with that of a bug too.
            LogFailed(logger, e);
            throw;
        }
    }

    private async Task<CallToolResult> AnswerAsync(string name, IReadOnlyDictionary<string, JsonElement> arguments, CancellationToken cancellationToken)
    {
        var connectors = await catalog.ReadAsync(Query("connector"), cancellationToken);
        var result = await meta.CallAsync(name, arguments, connectors, cancellationToken)
            ?? (ToolCatalog.Find(connectors, name) is { } found
                ? await run.RunAsync(found, arguments, cancellationToken)
                : throw new McpProtocolException("There is no such tool. The list, or search_actions, says which there are.", McpErrorCode.InvalidParams));
        return new CallToolResult
        {
            IsError = result.IsError,
            Content = [new TextContentBlock { Text = result.Text }],
            StructuredContent = result.Structured is null ? null : JsonSerializer.SerializeToElement(result.Structured, Http.ApiJson.Options),
        };
    }

    private string? Query(string name) => http.HttpContext?.Request.Query[name].ToString() is { Length: > 0 } value ? value : null;

    private static ModelContextProtocol.Protocol.Tool Described(MetaTool tool) => new()
    {
        Name = tool.Name,
        Title = tool.Title,
        Description = tool.Description,
        InputSchema = tool.Input,
        Annotations = tool.ReadOnly ? new ToolAnnotations { ReadOnlyHint = true, OpenWorldHint = false } : new ToolAnnotations { ReadOnlyHint = false, OpenWorldHint = true },
    };

    private static ModelContextProtocol.Protocol.Tool Described(DescribedTool tool)
    {
        var method = tool.Content.Query is null ? tool.Content.Method : "";
        return new()
        {
            Name = tool.Found.Tool.Name,
            Title = tool.Content.Summary is { Length: > 0 } summary ? ActionLists.Cut(summary, 100) : null,
            Description = ToolDescription.Of(tool),
            InputSchema = tool.Input,
            OutputSchema = tool.Output,
            // Hints, and so they are called: what a method does is the API's business (RFC 9110, section 9.2).
            Annotations = new ToolAnnotations
            {
                ReadOnlyHint = method is "GET" or "HEAD" or "OPTIONS" or "QUERY",
                DestructiveHint = method is "DELETE" or "PUT" or "",
                IdempotentHint = method is "GET" or "HEAD" or "OPTIONS" or "QUERY" or "PUT" or "DELETE",
                OpenWorldHint = true,
            },
        };
    }

    [LoggerMessage(1, LogLevel.Error, "The call of a tool failed by a fault of the server")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}

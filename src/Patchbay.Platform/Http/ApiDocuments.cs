using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Http;

/// <summary>The API descriptions that the server generates of itself: one document an API, with the contract's operation ids and schema names.</summary>
internal static class ApiDocuments
{
    public const string Connect = "connect-v1";
    public const string Organisations = "organisations-v1";

    public static readonly IReadOnlyDictionary<string, (string Title, string Prefix)> All = new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        [Connect] = ("Patchbay Connect API", "/api/connect/v1"),
        [Organisations] = ("Patchbay Organisations API", "/api/organisations/v1"),
    };

    public static void AddApiDocuments(this IServiceCollection services)
    {
        foreach (var name in All.Keys)
        {
            services.AddOpenApi(name, options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.CreateSchemaReferenceId = type => SchemaName(OpenApiOptions.CreateDefaultSchemaReferenceId(type));
                options.AddDocumentTransformer((document, context, _) => DescribeServer(document, context));
                options.AddOperationTransformer(DescribeOperationAsync);
                options.AddSchemaTransformer(DescribeFreeFieldAsync);
            });
        }
    }

    /// <summary>The contract's name of a schema: our types have its names with a suffix.</summary>
    private static string? SchemaName(string? id) =>
        id is null ? null : id.EndsWith("Json", StringComparison.Ordinal) ? id[..^4] : id;

    private static Task DescribeServer(OpenApiDocument document, OpenApiDocumentTransformerContext context)
    {
        var (title, prefix) = All[context.DocumentName];
        document.Info = new OpenApiInfo { Title = title, Version = "v1" };
        document.Servers = [new OpenApiServer { Url = prefix }];
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths)
            paths[path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : path] = item;
        document.Paths = paths;
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            ["bearerToken"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key of an organisation, or the operator key.",
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearerToken", document)] = [] }];
        return Task.CompletedTask;
    }

    private static async Task DescribeOperationAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters ??= [];
        operation.Responses ??= [];
        if (metadata.OfType<PageRequest.IsPaged>().Any())
        {
            AddQuery(operation, "first", $"How many items the page has at most; 1 to {PageRequest.MaxSize}.",
                new OpenApiSchema { Type = JsonSchemaType.Integer, Default = JsonValue.Create(PageRequest.DefaultSize), Minimum = "1", Maximum = $"{PageRequest.MaxSize}" });
            AddQuery(operation, "after", "The cursor that next gave: the page behind it.", new OpenApiSchema { Type = JsonSchemaType.String });
            AddQuery(operation, "before", "The cursor that prev gave: the page before it.", new OpenApiSchema { Type = JsonSchemaType.String });
            AddQuery(operation, "sort", "Columns and directions, such as name:asc,id:desc.", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^([^:,]+:[^:,]+)(,[^:,]+:[^:,]+)*$" });
        }

        if (metadata.OfType<ConnectorSearch.IsSearch>().Any())
        {
            AddQuery(operation, "name", "Part of the name, whatever its case.", new OpenApiSchema { Type = JsonSchemaType.String });
            AddQuery(operation, "protocol", "Part of the protocol, whatever its case.", new OpenApiSchema { Type = JsonSchemaType.String });
            AddQuery(operation, "tags", "Tags that a connector must have, such as key:value,key2.", new OpenApiSchema { Type = JsonSchemaType.String });
            var category = await context.GetOrCreateSchemaAsync(typeof(Category), cancellationToken: cancellationToken);
            AddQuery(operation, "categories", "Categories that a connector must have; repeatable.", new OpenApiSchema { Type = JsonSchemaType.Array, Items = category });
        }

        if (metadata.OfType<AcceptsUpload>().FirstOrDefault() is { } upload)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["multipart/form-data"] = new()
                    {
                        Schema = new OpenApiSchema
                        {
                            Type = JsonSchemaType.Object,
                            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                            {
                                ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary", Description = "The description." },
                                ["metadata"] = await context.GetOrCreateSchemaAsync(upload.Metadata, cancellationToken: cancellationToken),
                            },
                        },
                    },
                    ["application/json"] = new() { Schema = await context.GetOrCreateSchemaAsync(upload.FromUrl, cancellationToken: cancellationToken) },
                },
            };
        }

        if (metadata.OfType<ApiError.AnswersErrors>().Any())
        {
            operation.Responses["default"] = new OpenApiResponse
            {
                Description = "What is wrong.",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/json"] = new() { Schema = await context.GetOrCreateSchemaAsync(typeof(ErrorJson), cancellationToken: cancellationToken) },
                },
            };
        }
    }

    /// <summary>A field of free form shows the types that it may have.</summary>
    private static async Task DescribeFreeFieldAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var described = context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(DescribedAsAttribute), inherit: true)
            .OfType<DescribedAsAttribute>().FirstOrDefault();
        if (described is null)
            return;
        var variants = new List<IOpenApiSchema>();
        foreach (var type in described.Types)
            variants.Add(await context.GetOrCreateSchemaAsync(type, cancellationToken: cancellationToken));
        schema.AnyOf = variants;
    }

    private static void AddQuery(OpenApiOperation operation, string name, string description, OpenApiSchema schema) =>
        operation.Parameters!.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Description = description, Schema = schema });
}

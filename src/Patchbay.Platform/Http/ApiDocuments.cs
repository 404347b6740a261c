using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Patchbay.Platform.Http;

/// <summary>The API descriptions that the server generates of itself: one document an API, with the contract's operation ids and schema names.</summary>
internal static class ApiDocuments
{
    public const string Connect = "connect-v1";
    public const string Organisations = "organisations-v1";
    public const string Embedded = "embedded-v1";

    public static readonly IReadOnlyDictionary<string, ApiDocument> All = new Dictionary<string, ApiDocument>(StringComparer.Ordinal)
    {
        [Connect] = new(
            "Patchbay Connect API",
            "Connectors with their versions, the library, and connections. What is marked (ours) adds to the published API.",
            "/api/connect/v1",
            [
                ("connectors", "What an API is: its base URL, how to authenticate with it, and its labels."),
                ("connector-version", "Versions of a connector, published ones and drafts, and importing out of the library."),
                ("protocol-http", "Connectors over HTTP, made by hand or of an API description."),
                ("protocol-bigquery", "Connectors to Google BigQuery."),
                ("actions", "What can be done with an API, in one version."),
                ("triggers", "What an API tells us of, in one version."),
                ("definitions", "The schemas of a version."),
                ("connections", "Uses of a connector: credentials and variables."),
                ("misc", "Fixed lists."),
            ]),
        [Organisations] = new(
            "Patchbay Organisations API",
            "The tenants of the server and their API keys.",
            "/api/organisations/v1",
            [
                ("organisations", "The tenants of the server."), ("api-keys", "Keys by which an organisation's programs call."), ("roles", "What members and keys may do."),
                ("signing-keys", "Keys by which an organisation signs tokens, for itself and for users of its product."),
            ]),
        [Embedded] = new(
            "Patchbay Embedded API",
            "What a product shows its users: hubs, the users in them, and their connections. What is marked (ours) adds to the published API.",
            "/api/embedded/v1",
            [("Hubs", "What a product embeds."), ("End Users", "Users of the product."), ("Integrations", "What users can activate."), ("Connectors", "What users connect with."), ("Connections", "Connections of users."), ("Activations", "What users have activated."), ("Embedded", "What the pages of a product show.")]),
    };

    private const string BearerToken = "bearerToken";

    public static void AddApiDocuments(this IServiceCollection services)
    {
        foreach (var name in All.Keys)
        {
            // The generator that brings the XML comments in replaces exactly this call: it must not move into another project.
            services.AddOpenApi(name, options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.CreateSchemaReferenceId = ApiSchemas.NameOf;
                options.AddSchemaTransformer(ApiSchemas.MendAsync);
                options.AddOperationTransformer(ApiOperations.DescribeAsync);
                options.AddDocumentTransformer(DescribeServer);
                options.AddDocumentTransformer(ContractSchemas.Apply);
            });
        }
    }

    private static Task DescribeServer(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var (title, description, prefix, tags) = All[context.DocumentName];
        document.Info = new OpenApiInfo { Title = title, Description = description, Version = "v1" };
        document.Servers = [new OpenApiServer { Url = prefix }];
        // Pages list the tags in this order.
        document.Tags = tags.Select(t => new OpenApiTag { Name = t.Name, Description = t.Description }).ToHashSet();
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(p => p.Key, StringComparer.Ordinal))
            paths[path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : path] = item;
        document.Paths = paths;
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [BearerToken] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key of an organisation, or the operator key.",
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(BearerToken, document)] = [] }];
        return Task.CompletedTask;
    }
}

/// <summary>One API description.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Description">What is in it.</param>
/// <param name="Prefix">The path that all its operations begin with.</param>
/// <param name="Tags">The groups of its operations, the most important first.</param>
internal sealed record ApiDocument(string Title, string Description, string Prefix, IReadOnlyList<(string Name, string Description)> Tags);

using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Patchbay.Platform.Actions.Idempotency;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.EndUsers;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Http;

/// <summary>Completes operations of the API descriptions with what the framework cannot see: input that our own types bind.</summary>
internal static class ApiOperations
{
    private static readonly Dictionary<string, (string? Format, string Description)> PathParameters = new(StringComparer.Ordinal)
    {
        ["organisation_id"] = ("ulid", "The organisation."),
        ["connector_id"] = ("ulid", "The connector."),
        ["connection_id"] = ("ulid", "The connection."),
        ["credential_id"] = ("ulid", "The credential."),
        ["upload_id"] = ("ulid", "The upload."),
        ["subscription_id"] = ("ulid", "The subscription."),
        ["event_id"] = ("ulid", "The event."),
        ["poll_id"] = ("ulid", "The poll."),
        ["protocol_slug"] = (null, "The protocol's slug, such as http."),
        ["key_id"] = ("ulid", "The signing key."),
        ["api_key_id"] = ("ulid", "The API key."),
        ["id"] = ("ulid", "The signing key."),
        ["member_id"] = ("ulid", "The member."),
        ["group_id"] = ("ulid", "The group."),
        ["service_account_id"] = ("ulid", "The service account."),
        ["invitation_id"] = ("ulid", "The invitation."),
        ["role_id"] = ("ulid", "The role."),
        ["hub_id"] = ("ulid", "The hub."),
        ["integration_id"] = ("ulid", "The integration."),
        ["connection_template_id"] = ("ulid", "The connection template."),
        ["activation_id"] = ("ulid", "The activation."),
        ["user_id"] = (null, "The end user: the external id, or the internal one where identifier_type says so."),
        ["auth_scheme_config_id"] = (null, "The auth scheme config."),
        ["version"] = (null, "The version's name, or latest or default."),
        ["action_name"] = (null, "The action's name."),
        ["trigger_name"] = (null, "The trigger's name."),
        ["definition_name"] = (null, "The definition's name."),
        ["schema_filename"] = (null, "The definition's name with .json or .xsd."),
        ["slug"] = (null, "The slug."),
    };

    public static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        DescribePath(operation);
        if (metadata.OfType<PageRequest.IsPaged>().Any())
            AddPaging(operation);
        if (metadata.OfType<UserIdentifier.IsIdentified>().Any())
        {
            AddQuery(operation, UserIdentifier.Query, "Whether user_id is the external id, or the internal one.", new OpenApiSchema
            {
                Type = JsonSchemaType.String, Default = JsonValue.Create(UserIdentifier.External), Enum = [JsonValue.Create(UserIdentifier.Internal), JsonValue.Create(UserIdentifier.External)],
            });
        }

        if (metadata.OfType<ConnectorSearch.IsSearch>().Any())
            AddSearch(operation, await context.GetOrCreateSchemaAsync(typeof(Category), cancellationToken: cancellationToken));
        if (metadata.OfType<AcceptsUpload>().FirstOrDefault() is { } upload)
        {
            operation.RequestBody = UploadBody(
                await context.GetOrCreateSchemaAsync(upload.Metadata, cancellationToken: cancellationToken),
                await context.GetOrCreateSchemaAsync(upload.FromUrl, cancellationToken: cancellationToken));
        }

        if (metadata.OfType<IdempotencyKey.IsTaken>().Any())
            AddHeader(operation, IdempotencyKey.Header, "Ours: a name for the call, by which it is made once however often it is sent; its outcome is given again for 24 hours, with Idempotency-Replayed: true.");
        await DescribeConditionsAsync(operation, context, cancellationToken);
        if (operation.Responses?.TryGetValue("default", out var error) == true)
            error.Description = "What is wrong.";

        // The document asks for a key everywhere; an empty list takes that back.
        if (metadata.OfType<Access>().LastOrDefault() is Access.Public)
            operation.Security = [];
    }

    /// <summary>Says which operations take and give entity tags.</summary>
    private static async Task DescribeConditionsAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var responses = operation.Responses ??= [];
        if (metadata.OfType<Tagged.IsTagged>().Any())
        {
            foreach (var response in responses.Where(r => r.Key.StartsWith('2')).Select(r => r.Value).OfType<OpenApiResponse>())
            {
                response.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal);
                response.Headers["ETag"] = new OpenApiHeader { Description = "Ours: the entity tag of the resource as it is now.", Schema = Text() };
            }

            if (context.Description.HttpMethod == "GET")
            {
                AddHeader(operation, "If-None-Match", "Ours: entity tags of what the client has; 304 where it is one of them.");
                responses["304"] = new OpenApiResponse { Description = "The client has it already." };
            }
        }

        if (metadata.OfType<Precondition.IsGuarded>().Any())
        {
            AddHeader(operation, "If-Match", "Ours: the entity tags that the resource may have for the change to be made, or * for any; 412 where it has another by now.");
            responses.TryAdd("412", new OpenApiResponse
            {
                Description = "It was changed since it was read.",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/json"] = new() { Schema = await context.GetOrCreateSchemaAsync(typeof(ErrorJson), cancellationToken: cancellationToken) },
                },
            });
        }
    }

    private static void DescribePath(OpenApiOperation operation)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>().Where(p => p.In == ParameterLocation.Path))
        {
            if (!PathParameters.TryGetValue(parameter.Name!, out var known))
                continue;
            parameter.Description ??= known.Description;
            if (parameter.Schema is OpenApiSchema schema)
                schema.Format = known.Format;
        }
    }

    private static void AddPaging(OpenApiOperation operation)
    {
        AddQuery(operation, "first", $"How many items the page has at most; 1 to {PageRequest.MaxSize}.", new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Default = JsonValue.Create(PageRequest.DefaultSize),
            Minimum = "1",
            Maximum = $"{PageRequest.MaxSize}",
        });
        AddQuery(operation, "after", "The cursor that next gave: the page behind it.", Text());
        AddQuery(operation, "before", "The cursor that prev gave: the page before it.", Text());
        AddQuery(operation, "sort", "Columns and directions, such as name:asc,id:desc.", Text("^([^:,]+:[^:,]+)(,[^:,]+:[^:,]+)*$"));
    }

    private static void AddSearch(OpenApiOperation operation, OpenApiSchema category)
    {
        AddQuery(operation, "name", "Part of the name, whatever its case.", Text());
        AddQuery(operation, "protocol", "Part of the protocol, whatever its case.", Text());
        AddQuery(operation, "tags", "Tags that a connector must have, such as key:value,key2.", Text());
        AddQuery(operation, "categories", "Categories that a connector must have; repeatable.",
            new OpenApiSchema { Type = JsonSchemaType.Array, Items = category });
    }

    private static OpenApiRequestBody UploadBody(OpenApiSchema metadata, OpenApiSchema fromUrl) => new()
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
                        ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary", Description = "The description, or a zip of it and the documents that it refers to." },
                        ["metadata"] = metadata,
                    },
                },
            },
            ["application/json"] = new() { Schema = fromUrl },
        },
    };

    private static OpenApiSchema Text(string? pattern = null) => new() { Type = JsonSchemaType.String, Pattern = pattern };

    private static void AddHeader(OpenApiOperation operation, string name, string description)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Header, Description = description, Schema = Text() });
    }

    private static void AddQuery(OpenApiOperation operation, string name, string description, OpenApiSchema schema)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Description = description, Schema = schema });
    }
}

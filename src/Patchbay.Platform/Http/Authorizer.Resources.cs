using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Platform.EndUsers;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Http;

/// <content>Requests that name a resource and not its organisation, which end users may make too.</content>
internal sealed partial class Authorizer
{
    private async Task EnterResourceAsync(HttpContext context, RequestDelegate next, RequestScope scope, Access.Resource access)
    {
        if (!TryGetToken(context.Request, out var shown))
        {
            await ApiError.WriteAsync(context, NoKey);
            return;
        }

        if (await callers.FindAsync(shown, context.RequestAborted) is not { } caller)
        {
            await ApiError.WriteAsync(context, BadKey);
            return;
        }

        var body = access.From is Source.Body || access.EndUsers is EndUserRule.OfBody ? await ReadBodyAsync(context) : null;
        if (access.From is Source.Body { Field: var field } && TextOf(body, field) is null && caller is not Caller.EndUser)
        {
            // What is wrong with the body is found, with all else that is, where it is read. Until then the request belongs to nobody and sees nothing.
            await next(context);
            return;
        }

        var named = access.From switch
        {
            Source.Path path => context.Request.RouteValues[path.Parameter] as string,
            Source.Body inBody => TextOf(body, inBody.Field),
            _ => null,
        };
        var refusal = await EnterAsync(context, scope, caller, access, named, body);
        if (refusal is null)
            await next(context);
        else
            await ApiError.WriteAsync(context, refusal);
    }

    private static async Task<Failure?> EnterAsync(HttpContext context, RequestScope scope, Caller caller, Access.Resource access, string? named, JsonElement? body)
    {
        var notFound = Failure.NotFound(access.Name);
        if (!Ulid.TryParse(named, out var id)
            || await access.Find(context.RequestServices.GetRequiredService<PatchbayDb>(), id, context.RequestAborted) is not { } owner)
        {
            return notFound;
        }

        if (caller is Caller.EndUser user)
            return IsLetIn(user, owner, access.EndUsers, context.Request, body) ? Enter(scope, caller, owner.OrganisationId) : notFound;
        if (!caller.ActsFor(owner.OrganisationId))
            return notFound;
        return Lacking(caller, owner.OrganisationId, context.GetEndpoint()!, owner.HubId is { } hub ? new BoundResource(RoleScope.Hub, hub) : null)
            ?? Enter(scope, caller, owner.OrganisationId);
    }

    private static bool IsLetIn(Caller.EndUser user, ResourceOwner owner, EndUserRule? rule, HttpRequest request, JsonElement? body) =>
        user.OrganisationId == owner.OrganisationId && (user.HubId is null || user.HubId == owner.HubId) && rule switch
        {
            // An internal id is the organisation's word for somebody; end users have none.
            EndUserRule.OfPath => UserIdentifier.In(request) is { IsInternal: false } named && named.Value == user.ExternalId,
            EndUserRule.OfBody inBody => TextOf(body, inBody.Field) == user.ExternalId,
            EndUserRule.Owner => owner.ExternalId == user.ExternalId,
            EndUserRule.OfHub => true,
            _ => false,
        };

    /// <summary>Reads the body once; who comes after reads the same bytes again.</summary>
    private static async Task<JsonElement?> ReadBodyAsync(HttpContext context)
    {
        var read = await JsonBody.ReadBytesAsync(context.Request, JsonBody.DefaultLimit, context.RequestAborted);
        if (!read.Succeeded(out var bytes, out _))
            return null;
        context.Request.Body = new MemoryStream(bytes);
        try
        {
            return JsonElement.Parse(bytes, new JsonDocumentOptions { MaxDepth = ApiJson.MaxDepth });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonElement? body, string field) =>
        body is { ValueKind: JsonValueKind.Object } holder && holder.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Keys;

namespace Patchbay.Platform.ServiceAccounts;

/// <summary>The token endpoint of service accounts: the client credentials grant (RFC 6749, 4.4), with the secret in the header or in the body (RFC 6749, 2.3.1).</summary>
internal static class TokenEndpoint
{
    private const int LongestBody = 16 * 1024;

    public static void MapTokens(this IEndpointRouteBuilder app) =>
        app.MapPost("/oauth2/token", ExchangeAsync).WithName("CreateServiceAccountToken").WithAccess(new Access.Public()).ExcludeFromDescription();

    private static async Task ExchangeAsync(HttpContext context)
    {
        var (request, cancellationToken) = (context.Request, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";
        if (await FormAsync(request, cancellationToken) is not { } form)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "invalid_request", "Send the parameters form-encoded, each once.");
            return;
        }

        if (ClientOf(request, form) is not { } client)
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "invalid_client", "Show the client id and secret in one way: by HTTP Basic, or as client_id and client_secret.");
            return;
        }

        var clock = Of<TimeProvider>(context);
        if (Of<TokenThrottle>(context).WaitOf($"{context.Connection.RemoteIpAddress} {client.Id}") is { } wait)
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "temporarily_unavailable", "Too many tokens were asked for. A token is good for an hour: use it again.");
            return;
        }

        var db = Of<PatchbayDb>(context);
        // The organisation is what is being found out; the secret admits to it.
        var account = await db.ServiceAccounts.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().FirstOrDefaultAsync(a => a.ClientId == client.Id, cancellationToken);
        var hash = RandomToken.HexHashOf(client.Secret);
        if (account is null || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(account.SecretHash)))
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "invalid_client", "There is no such client with this secret.");
            return;
        }

        if (form.GetValueOrDefault("grant_type") is not { Length: > 0 } grant)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "invalid_request", "grant_type is missing.");
            return;
        }

        if (grant != "client_credentials")
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "unsupported_grant_type", "The only grant here is client_credentials.");
            return;
        }

        var token = RandomToken.New(ServiceToken.Prefix);
        var scope = Of<RequestScope>(context);
        scope.Enter(new Caller.ServiceAccount(account.Id, account.OrganisationId, Allowance.None), account.OrganisationId);
        // A token is a use of the account, and no change of anything.
        using (scope.Trail.BeginStep())
        {
            db.Add(new ServiceToken { Id = Identifiers.New(clock), OrganisationId = account.OrganisationId, ServiceAccountId = account.Id, Hash = RandomToken.HexHashOf(token), ExpiresAt = clock.Now() + ServiceToken.Lifetime });
            await db.SaveChangesAsync(cancellationToken);
        }

        await context.Response.WriteAsJsonAsync(
            new Dictionary<string, object>(StringComparer.Ordinal) { ["access_token"] = token, ["token_type"] = "Bearer", ["expires_in"] = (int)ServiceToken.Lifetime.TotalSeconds }, cancellationToken);
    }

    /// <summary>The parameters; null where they are no form, or one is there twice (RFC 6749, 3.2).</summary>
    private static async Task<Dictionary<string, string>?> FormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !string.Equals(type.MediaType, "application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            || request.ContentLength > LongestBody)
        {
            return null;
        }

        try
        {
            using var reader = new FormReader(request.Body) { ValueCountLimit = 32, KeyLengthLimit = 100, ValueLengthLimit = LongestBody };
            var form = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, values) in await reader.ReadFormAsync(cancellationToken))
            {
                if (values.Count != 1 || values[0]!.Contains('\0', StringComparison.Ordinal))
                    return null;
                form[name] = values[0]!;
            }

            return form;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Who the client says to be; null for nobody, and for who says it in two ways (RFC 6749, 2.3).</summary>
    private static (string Id, string Secret)? ClientOf(HttpRequest request, Dictionary<string, string> form)
    {
        var (id, secret) = (form.GetValueOrDefault("client_id"), form.GetValueOrDefault("client_secret"));
        if (request.Headers.Authorization.Count == 0)
            return id is { Length: > 0 } && secret is { Length: > 0 } ? (id, secret) : null;
        if (secret is not null || !AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) || !header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            return null;
        var bytes = new byte[(header.Parameter?.Length ?? 0) + 4];
        if (!Convert.TryFromBase64String(header.Parameter ?? "", bytes, out var length))
            return null;
        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        // Both are form-encoded before they are put together.
        return parts.Length == 2 && Uri.UnescapeDataString(parts[0].Replace('+', ' ')) is { Length: > 0 } name && !name.Contains('\0', StringComparison.Ordinal) && (id is null || id == name)
            ? (name, Uri.UnescapeDataString(parts[1].Replace('+', ' '))) : null;
    }

    /// <summary>An error as RFC 6749, 5.2 has it, and as all our errors are.</summary>
    private static Task RefuseAsync(HttpContext context, int status, string error, string description)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"patchbay\"";
        return context.Response.WriteAsJsonAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["error"] = error, ["error_description"] = description, ["code"] = error, ["message"] = description }, context.RequestAborted);
    }

    private static T Of<T>(HttpContext context)
        where T : notnull => (T)context.RequestServices.GetService(typeof(T))!;
}

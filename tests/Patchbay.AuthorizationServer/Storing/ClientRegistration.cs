using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Patchbay.Authorizing.Storing;

/// <summary>Writes clients into the store.</summary>
internal static class ClientRegistration
{
    /// <summary>Registers a client.</summary>
    /// <param name="clients">The store's clients.</param>
    /// <param name="client">The client.</param>
    /// <param name="scopes">The scopes of the server, all of which it may ask for.</param>
    public static async Task RegisterAsync(this IOpenIddictApplicationManager clients, RegisteredClient client, IEnumerable<string> scopes)
    {
        var registration = new OpenIddictApplicationDescriptor
        {
            ClientId = client.Id,
            ClientSecret = client.Secret ?? (client.CertificateOfAuthority ? UnknownSecret() : null),
            ClientType = client.IsPublic ? ClientTypes.Public : ClientTypes.Confidential,
            DisplayName = client.Id,
            JsonWebKeySet = KeysOf(client),
        };
        registration.RedirectUris.UnionWith(client.RedirectUris.Select(u => new Uri(u)));
        registration.Permissions.UnionWith([Permissions.Endpoints.Authorization, Permissions.Endpoints.Token, Permissions.Endpoints.Revocation]);
        registration.Permissions.UnionWith(client.GrantTypes.Select(g => Permissions.Prefixes.GrantType + g));
        registration.Permissions.UnionWith(scopes.Select(s => Permissions.Prefixes.Scope + s));
        if (client.GrantTypes.Contains(GrantTypes.AuthorizationCode, StringComparer.Ordinal))
            registration.Permissions.Add(Permissions.ResponseTypes.Code);
        if (client.RequirePkce)
            registration.Requirements.Add(Requirements.Features.ProofKeyForCodeExchange);
        await clients.CreateAsync(registration);
    }

    /// <summary>A secret that nobody has: OpenIddict registers no confidential client without secret or key, also where a certificate of an authority is all it needs.</summary>
    private static string UnknownSecret() => Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    private static JsonWebKeySet? KeysOf(RegisteredClient client)
    {
        var set = new JsonWebKeySet();
        foreach (var key in client.PublicKeys)
            set.Keys.Add(new JsonWebKey(key));
        if (client.Certificate is { } certificate)
            set.Keys.Add(JsonWebKeyConverter.ConvertFromX509SecurityKey(new X509SecurityKey(X509Certificate2.CreateFromPem(certificate))));
        return set.Keys.Count > 0 ? set : null;
    }
}

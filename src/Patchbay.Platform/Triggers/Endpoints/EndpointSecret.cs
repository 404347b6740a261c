using System.Security.Cryptography;
using System.Text.Json;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Events;

namespace Patchbay.Platform.Triggers.Endpoints;

/// <summary>What of an endpoint lies in the vault.</summary>
/// <param name="Token">The token in its URL.</param>
/// <param name="DuplicateSecret">The key of the hashes by which events are known again; it stays when the token is changed.</param>
internal sealed record EndpointSecret(string Token, byte[] DuplicateSecret)
{
    /// <summary>What a new endpoint has.</summary>
    public static EndpointSecret New(string token) => new(token, DuplicateKey.NewSecret());

    /// <summary>Seals it. Runs inside the transaction that stores the endpoint.</summary>
    public Task<byte[]> SealAsync(PatchbayDb db, SecretStore secrets, TriggerEndpoint endpoint, CancellationToken cancellationToken) => secrets.SealAsync(
        db, SealedColumn.TriggerEndpointSecret, endpoint.OrganisationId, endpoint.Id, JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Default), cancellationToken);

    /// <summary>Opens what an endpoint has.</summary>
    /// <exception cref="InvalidDataException">It does not open: the row was changed, or is another's.</exception>
    public static async Task<EndpointSecret> OpenAsync(SecretStore secrets, TriggerEndpoint endpoint, CancellationToken cancellationToken)
    {
        var plain = await secrets.OpenAsync(SealedColumn.TriggerEndpointSecret, endpoint.OrganisationId, endpoint.Id, endpoint.Secret!, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize<EndpointSecret>(plain, JsonSerializerOptions.Default)!;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>The type's name; never the secrets.</summary>
    public override string ToString() => nameof(EndpointSecret);
}

using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.EndUsers;

/// <summary>
/// Connects an end user anew, such as after a grant has died: the credential of a connection of theirs is replaced in place, so that activations
/// which use it go on.
/// </summary>
internal sealed class ReconnectEndUser(PatchbayDb db, EndUserReader users, UpdateCredential update, TestConnection test)
{
    private const string Path = "credentials.action[0]";

    private static readonly Failure NotFound = Failure.NotFound("connection");

    public async Task<Outcome<ConnectionJson>> RunAsync(EndUser user, string connectionId, EndUserConnectionUpdateJson request, CancellationToken cancellationToken)
    {
        var owner = EndUserReader.OwnerOf(user);
        if (!Ulid.TryParse(connectionId, out var id)
            || await db.Connections.AsNoTracking().Include(c => c.Connector!.AuthSchemeConfigs).Include(c => c.Credentials)
                .FirstOrDefaultAsync(c => c.Id == id && c.Owner == owner.Id, cancellationToken) is not { } connection)
        {
            return NotFound;
        }

        if (request.Credentials is not { Action: [var sent], Trigger: null or [] })
            return Failure.InvalidField("credentials.action", "must be the one credential that is replaced");
        if (!ConfigReference.Find(connection.Connector!, sent.AuthSchemeConfig, $"{Path}.authSchemeConfig").Succeeded(out var config, out var failure))
            return failure;
        if (connection.Credentials.Find(c => c.Use == CredentialUse.Action && c.AuthSchemeConfigId == config.Id) is not { } use)
            return Failure.InvalidField($"{Path}.authSchemeConfig.id", "is not what the connection uses; make another connection with it");

        var change = new CredentialUpdateJson { Name = sent.Credential.Name, Type = sent.Credential.Type, Data = sent.Credential.Data, ExpiresAt = sent.Credential.ExpiresAt };
        var changed = await update.RunAsync(use.CredentialId, change, Precondition.None, cancellationToken, owner.Authorization);
        if (changed.Failure is { } refused)
            return refused with { Fields = [.. refused.Fields.Select(f => f with { Field = $"{Path}.credential.{f.Field}" })] };
        // It is changed, whatever the test shows; what that is stands in the errors of the credential.
        await test.RunByTheWayAsync(id, TestConnection.ByTheWay, cancellationToken);
        return await users.ConnectionAsync(user, id, cancellationToken) is { } shown ? shown : NotFound;
    }
}

using System.Text.RegularExpressions;
using Xunit;

namespace Patchbay.ArchitectureTests;

/// <summary>What only one room may do, seen in the source.</summary>
public sealed partial class RoomTests
{
    /// <summary>Every place that steps over the tenant filter, how often, and why it may. A new one is a decision: review it, then add it.</summary>
    private static readonly Dictionary<string, (int Count, string Reason)> StepsOverTheTenantFilter = new(StringComparer.Ordinal)
    {
        ["src/Patchbay.Platform/Http/CallerDirectory.cs"] = (1, "Finds the organisation of a key; none is known before."),
        ["src/Patchbay.Platform/Integrations/IntegrationsEndpoints.cs"] = (1, "Finds the organisation of an integration that a request names, for the authorizer."),
        ["src/Patchbay.Platform/Integrations/TemplatesEndpoints.cs"] = (2, "Finds the organisation of a connection template that a path names, for the authorizer."),
        ["src/Patchbay.Platform/Activations/ActivationsEndpoints.cs"] = (2, "Finds the organisation and the user of an activation that a path names, for the authorizer."),
        ["src/Patchbay.Platform/Hubs/HubsEndpoints.cs"] = (1, "Finds the organisation of a hub that a path names, which the authorizer then holds against the caller's."),
        ["src/Patchbay.Platform/EndUserPages/OpenEndUserSession.cs"] = (1, "Finds the session that a code was made for, a secret of 256 bits, which admits to this one row."),
        ["src/Patchbay.Platform/EndUserPages/PageOrigins.cs"] = (2, "Reads which sites may have a hub's pages in a frame, for whoever opens one: a header says it to every visitor."),
        ["src/Patchbay.Platform/EndUserPages/PageSessionSweep.cs"] = (1, "Deletes what is over, by its times alone."),
        ["src/Patchbay.Platform/EndUserPages/PageSessions.cs"] = (1, "Finds the session of a token; no organisation is known before."),
        ["src/Patchbay.Platform/SigningIn/AccountEndpoints.cs"] = (3, "Shows a person their own memberships and the invitations to their verified address, and finds whose one is that they accept."),
        ["src/Patchbay.Platform/SigningKeys/SignedTokens.cs"] = (1, "Finds the organisation of a signing key; none is known before."),
        ["src/Patchbay.Platform/SigningKeys/SigningKeysEndpoints.cs"] = (1, "Reads the public half of a signing key, which is for everybody."),
        ["src/Patchbay.Platform/Audit/AuditEndpoints.cs"] = (1, "Reads the instance's chain, which belongs to no organisation; the route is the operator's alone."),
        ["src/Patchbay.Platform/Audit/AuditRetention.cs"] = (1, "Finds which chains have records whose time is over; each is then cut inside its own."),
        ["src/Patchbay.Platform/Audit/VerifyAudit.cs"] = (4, "Verifies and exports chains for whoever has the store and the vault key: a command, no route."),
        ["src/Patchbay.Platform/Proxy/UserConnections.cs"] = (1, "Finds the connection of a template and user; the authorizer then holds its organisation against the caller's."),
        ["src/Patchbay.Platform/Proxy/ConnectionPlans.cs"] = (2, "Finds the organisation and the hub of a connection, which the authorizer then holds against the caller's."),
        ["src/Patchbay.Platform/Connectors/ConnectorsEndpoints.cs"] = (1, "Lists the library: public connectors with a published version only."),
        ["src/Patchbay.Platform/Authorizations/AuthorizationSweep.cs"] = (1, "Deletes what expired long ago, by its time alone."),
        ["src/Patchbay.Platform/Authorizations/Landing/LandingEndpoints.cs"] = (1, "Finds the organisation of a sign-in by its state, which only those know who take part in it."),
        ["src/Patchbay.Platform/Credentials/CredentialSweep.cs"] = (1, "Finds which credentials have come to their end; each is then deleted inside its organisation."),
        ["src/Patchbay.Platform/Connectors/Applications.cs"] = (2, "Finds the publisher's application for an importer: only along connectors that are public now."),
        ["src/Patchbay.Platform/Grants/GrantRenewal.cs"] = (1, "Finds which grants are due, in the server's own name; each is then renewed inside its organisation."),
        ["src/Patchbay.Platform/Credentials/TokenCertificates.cs"] = (1, "Finds the certificate that a config names, which may be the publisher's; held to the organisation of the config."),
        ["src/Patchbay.Platform/Connectors/ConnectorReader.cs"] = (1, "Reads what the library's list found: public ones, without connections and drafts."),
        ["src/Patchbay.Platform/Events/EventSweep.cs"] = (2, "Deletes events that are old, by their times and what became of them."),
        ["src/Patchbay.Platform/Subscriptions/Polling/PollRunner.cs"] = (2, "Finds which polls are due; each then runs inside its organisation. And frees what a server held that is no more."),
        ["src/Patchbay.Platform/Subscriptions/EventListeners.cs"] = (2, "Finds who hears of events, in the server's own name; each event meets subscriptions of its own organisation only."),
        ["src/Patchbay.Platform/Subscriptions/EventActivation.cs"] = (2, "Reads the activations that deliveries are for, which the server itself made them for."),
        ["src/Patchbay.Platform/Subscriptions/Sending/FanOut.cs"] = (5, "Hands events to subscriptions, in the server's own name; each event meets those of its own organisation only."),
        ["src/Patchbay.Platform/Subscriptions/Sending/DueDeliveries.cs"] = (4, "Finds what is due, in the server's own name; a delivery leads to its own subscription and event."),
        ["src/Patchbay.Platform/Subscriptions/Sending/DeliveryJournal.cs"] = (3, "Stores what became of deliveries, in the server's own name."),
        ["src/Patchbay.Platform/Subscriptions/Sending/SubscriptionLeases.cs"] = (3, "Says which node sends for a subscription, whosever it is."),
        ["src/Patchbay.Platform/Triggers/Incoming/TriggerPlans.cs"] = (1, "Finds the organisation of an endpoint by its token, a secret of 256 bits, which admits to this one row."),
        ["src/Patchbay.Platform/Uploads/ReceiveUpload.cs"] = (2, "Finds the upload that a URL was signed for, and puts the file there; the signature admits to this one row."),
        ["src/Patchbay.Platform/Actions/Idempotency/OutcomeSweep.cs"] = (1, "Deletes what is over, by its time alone."),
        ["src/Patchbay.Platform/People/PeopleDirectory.cs"] = (1, "Finds the organisations that a person is a member of; what they may do is then read inside each."),
        ["src/Patchbay.Platform/ServiceAccounts/ServiceTokenSweep.cs"] = (1, "Deletes what is over, by its time alone."),
        ["src/Patchbay.Platform/Invitations/InvitationSweep.cs"] = (2, "Deletes what has long been over, by its time alone."),
        ["src/Patchbay.Platform/ServiceAccounts/ServiceTokens.cs"] = (1, "Finds the organisation of a token by its hash: a secret of 256 bits, which admits to this one row."),
        ["src/Patchbay.Platform/ServiceAccounts/TokenEndpoint.cs"] = (1, "Finds the account of a client id; its secret then admits to it."),
        ["src/Patchbay.Platform/Uploads/UploadSweep.cs"] = (1, "Deletes what is over, by its time alone."),
        ["src/Patchbay.Platform/Library/UpstreamVersions.cs"] = (2, "Reads what a public connector has published for those who imported from it, and whether what they imported is still there."),
        ["src/Patchbay.Platform/Library/ImportPublicConnectorVersion.cs"] = (2, "Reads the public connector and the published version that are imported."),
    };

    [Fact]
    public void Every_query_that_steps_over_the_tenant_filter_was_reviewed()
    {
        var found = Sources.Under("src")
            .Select(s => (s.Path, Count: StepOver().Count(s.Text)))
            .Where(s => s.Count > 0)
            .ToDictionary(s => s.Path, s => s.Count, StringComparer.Ordinal);

        Assert.Equal(Lines(StepsOverTheTenantFilter.Select(s => $"{s.Key}: {s.Value.Count}")), Lines(found.Select(s => $"{s.Key}: {s.Value}")));

        static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Only_Outbound_opens_sockets()
    {
        var elsewhere = Sources.Under("src")
            .Where(s => !s.Path.StartsWith("src/Patchbay.Protocols/Outbound/", StringComparison.Ordinal) && OpensSocket().IsMatch(s.Text))
            .Select(s => s.Path);

        Assert.Empty(elsewhere);
    }

    [Fact]
    public void Raw_SQL_stands_only_where_databases_differ()
    {
        var elsewhere = Sources.Under("src")
            .Where(s => !s.Path.StartsWith("src/Patchbay.Storage.", StringComparison.Ordinal) && RawSql().IsMatch(s.Text))
            .Select(s => s.Path);

        Assert.Empty(elsewhere);
    }

    [Fact]
    public void No_file_is_named_after_nothing()
    {
        var empty = Sources.Under("src").Where(s => VagueName().IsMatch(Path.GetFileNameWithoutExtension(s.Path))).Select(s => s.Path);

        Assert.Empty(empty);
    }

    [GeneratedRegex(@"\.IgnoreQueryFilters\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StepOver();

    [GeneratedRegex(@"new\s+(HttpClient|SocketsHttpHandler|HttpClientHandler|TcpClient|UdpClient|Socket|ClientWebSocket|HttpMessageInvoker)\s*\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OpensSocket();

    [GeneratedRegex(@"\b(ExecuteSql|FromSql|SqlQuery)\w*\s*[(<]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RawSql();

    [GeneratedRegex(@"(Common|Helper|Helpers|Util|Utils|Manager)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VagueName();
}

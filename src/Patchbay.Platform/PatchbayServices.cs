using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Actions;
using Patchbay.Platform.Actions.Execution;
using Patchbay.Platform.Actions.Idempotency;
using Patchbay.Platform.Actions.Queries;
using Patchbay.Platform.Agents;
using Patchbay.Platform.ApiKeys;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Authorizations;
using Patchbay.Platform.Authorizations.Landing;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Definitions;
using Patchbay.Platform.Definitions.Checking;
using Patchbay.Platform.Events;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Http;
using Patchbay.Platform.Keys;
using Patchbay.Platform.Library;
using Patchbay.Platform.Organisations;
using Patchbay.Platform.Proxy;
using Patchbay.Platform.Roles;
using Patchbay.Platform.SigningKeys;
using Patchbay.Platform.Subscriptions;
using Patchbay.Platform.Subscriptions.Polling;
using Patchbay.Platform.Subscriptions.Sending;
using Patchbay.Platform.Triggers;
using Patchbay.Platform.Triggers.Endpoints;
using Patchbay.Platform.Triggers.Incoming;
using Patchbay.Platform.Uploads;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform;

/// <summary>Registers and maps the slices.</summary>
internal static class PatchbayServices
{
    public static void AddPatchbay(this IServiceCollection services, PatchbaySettings settings)
    {
        services.AddSingleton(settings);
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddApiDocuments();
        services.AddHttpForwarder();
        // First, so that it stops last: what is used while others stop is counted too.
        services.AddSingleton<SecretUseRecords>();
        services.AddHostedService(s => s.GetRequiredService<SecretUseRecords>());
        services.AddHostedService<ContentSweep>();
        services.AddHostedService<AuthorizationSweep>();
        services.AddHostedService<GrantRenewal>();
        services.AddHostedService<CredentialSweep>();
        services.AddHostedService<UploadSweep>();
        services.AddSingleton<AuditRetention>();
        services.AddHostedService(s => s.GetRequiredService<AuditRetention>());
        services.AddHostedService<OutcomeSweep>();

        services.AddScoped<RequestScope>();
        services.AddSingleton<AuditKeys>();
        services.AddSingleton<AuditChains>();
        services.AddSingleton<SecretUses>();
        services.AddScoped<VerifyAudit>();
        services.AddSingleton<SignedTokens>();
        services.AddSingleton<CallerDirectory>();
        services.AddSingleton<Authorizer>();
        services.AddSingleton<InstanceKeys>();
        services.AddHostedService<KeyWatch>();
        services.AddSingleton<OrganisationKeys>();
        services.AddSingleton<SecretStore>();
        services.AddSingleton<DescriptionReading>();
        services.AddSingleton<DescriptionFetcher>();
        services.AddScoped<DescriptionUpload>();
        services.AddSingleton<DefinitionUrls>();
        services.AddSingleton<TokenEndpoints>();
        services.AddSingleton<CustomFunctions>();
        services.AddHostedService(s => s.GetRequiredService<CustomFunctions>());
        services.AddSingleton<CredentialPlanner>();
        services.AddSingleton<GrantStore>();
        services.AddSingleton<GrantStart>();
        services.AddSingleton<GrantCustody>();
        services.AddSingleton<LiveCredentials>();
        services.AddSingleton<UpstreamInvokers>();
        services.AddSingleton<VerificationCalls>();
        services.AddSingleton<ConnectionPlans>();
        services.AddSingleton<GrantRevocations>();
        services.AddHostedService(s => s.GetRequiredService<GrantRevocations>());
        services.AddSingleton<ProxyForwarder>();
        services.AddSingleton<VersionSchemasMemory>();
        services.AddSingleton<ConnectionPaces>();
        services.AddSingleton<SendAction>();
        services.AddSingleton<TriggerTokens>();
        services.AddSingleton<TriggerPlans>();
        services.AddSingleton<ReceiveEvent>();
        services.AddSingleton<EventSignal>();
        services.AddSingleton<EventIntake>();
        services.AddHostedService(s => s.GetRequiredService<EventIntake>());
        services.AddSingleton<QueryCalls>();
        services.AddSingleton<OutcomeStore>();
        services.AddSingleton<RunOnce>();
        services.AddHostedService(s => s.GetRequiredService<RunOnce>());

        services.AddScoped<DeleteOrganisation>();
        services.AddScoped<ConnectorReader>();
        services.AddScoped<DefinitionReader>();
        services.AddScoped<VersionReader>();
        services.AddScoped<ImportedVersionReader>();
        services.AddScoped<AuthSchemeConfigs>();
        services.AddScoped<CreateConnector>();
        services.AddScoped<CreateBigQueryConnector>();
        services.AddScoped<UpdateConnector>();
        services.AddScoped<DeleteConnector>();
        services.AddScoped<CreateVersion>();
        services.AddScoped<UpdateVersion>();
        services.AddScoped<DeleteVersion>();
        services.AddScoped<PublishVersion>();
        services.AddScoped<VersionUses>();
        services.AddScoped<UnpublishVersion>();
        services.AddScoped<ResolveSchemas>();
        services.AddScoped<ReadSentParts>();
        services.AddScoped<CheckQuery>();
        services.AddScoped<QueryResults>();
        services.AddScoped<OpenQuery>();
        services.AddScoped<RunQuery>();
        services.AddScoped<StreamQuery>();
        services.AddScoped<CreateAction>();
        services.AddScoped<UpdateAction>();
        services.AddScoped<DeleteAction>();
        services.AddScoped<PrepareAction>();
        services.AddScoped<ExecuteAction>();
        services.AddScoped<ExecuteOnce>();
        services.AddScoped<StreamAction>();
        services.AddScoped<PageAction>();
        services.AddScoped<CreateTrigger>();
        services.AddScoped<UpdateTrigger>();
        services.AddScoped<DeleteTrigger>();
        services.AddScoped<EndpointChanges>();
        services.AddScoped<CreateTriggerEndpoint>();
        services.AddScoped<RotateTriggerEndpoint>();
        services.AddScoped<CreateDefinitions>();
        services.AddScoped<UpdateDefinition>();
        services.AddScoped<RenameDefinition>();
        services.AddScoped<DeleteDefinitions>();
        services.AddScoped<SignUpload>();
        services.AddScoped<ReceiveUpload>();
        services.AddScoped<TakeUpload>();
        services.AddScoped<ImportDescription>();
        services.AddScoped<ExportVersion>();
        services.AddScoped<ImportPublicConnectorVersion>();
        services.AddScoped<StoredPartsReader>();
        services.AddScoped<CompareVersions>();
        services.AddScoped<MergeBases>();
        services.AddScoped<UpstreamVersions>();
        services.AddScoped<UpstreamSettings>();
        services.AddScoped<MergedDraft>();
        services.AddScoped<MergeUpstreamVersion>();
        services.AddScoped<Applications>();
        services.AddScoped<TokenCertificates>();
        services.AddScoped<DiscoverProvider>();
        services.AddScoped<InitialiseAuthorization>();
        services.AddScoped<InitialiseOAuth1>();
        services.AddScoped<ReturnedAuthorization>();
        services.AddScoped<ExchangeCode>();
        services.AddScoped<ExchangeOAuth1Verifier>();
        services.AddScoped<ReadCredentials>();
        services.AddScoped<CredentialUsages>();
        services.AddScoped<ReadCredentialChange>();
        services.AddScoped<UpdateCredential>();
        services.AddScoped<CreateConnection>();
        services.AddScoped<TestConnection>();
        services.AddScoped<UpdateConnection>();
        services.AddScoped<EndingGrants>();
        services.AddScoped<DeleteConnection>();

        services.AddSingleton<SigningSecrets>();
        services.AddSingleton<SubscriptionLeases>();
        services.AddSingleton<DueDeliveries>();
        services.AddSingleton<SendingSlots>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<DeliveryJournal>();
        services.AddSingleton<SubscriptionSender>();
        services.AddSingleton<FanOut>();
        services.AddSingleton<DeliveryEngine>();
        services.AddHostedService(s => s.GetRequiredService<DeliveryEngine>());
        services.AddHostedService<EventSweep>();
        services.AddHostedService<PollRunner>();
        services.AddScoped<SubscriptionRules>();
        services.AddScoped<CreateSubscription>();
        services.AddScoped<UpdateSubscription>();
        services.AddScoped<RotateSecret>();
        services.AddScoped<SwitchSubscription>();
        services.AddScoped<ReplayEvents>();
        services.AddScoped<SavePoll>();
        services.AddAgents();
    }

    /// <summary>Error shape, proxy, authorizer and every slice.</summary>
    public static void UsePatchbay(this WebApplication app)
    {
        app.UseCaughtFailures();
        app.UseMiddleware<ProxyEntrance>();
        app.UseErrorShape();
        app.UseRouting();
        app.Use(app.Services.GetRequiredService<Authorizer>().InvokeAsync);

        var organisations = Api(app, "/api/organisations/v1", ApiDocuments.Organisations);
        organisations.MapOrganisations();
        organisations.MapAllowedOrigins();
        organisations.MapApiKeys();
        organisations.MapRoles();
        organisations.MapSigningKeys();
        organisations.MapInstanceAudit();

        var connect = Api(app, "/api/connect/v1", ApiDocuments.Connect);
        connect.MapConnectors();
        connect.MapProtocols();
        connect.MapUploads();
        connect.MapAuthSchemeConfigs();
        connect.MapDiscovery();
        connect.MapVersions();
        connect.MapVersionDifferences();
        connect.MapLibrary();
        connect.MapUpstream();
        connect.MapDescriptionImport();
        connect.MapExport();
        connect.MapActions();
        connect.MapExecution();
        connect.MapTriggers();
        connect.MapTriggerEndpoints();
        connect.MapDefinitions();
        connect.MapConnections();
        connect.MapCredentials();
        connect.MapAuthorizations();
        connect.MapAudit();
        connect.MapEvents();
        connect.MapSubscriptions();
        connect.MapPolls();

        app.MapAgents();
        app.MapLanding();
        app.MapIncoming();
    }

    private static RouteGroupBuilder Api(WebApplication app, string prefix, string document)
    {
        var api = app.MapGroup(prefix).WithGroupName(document).WithMetadata(new ProducesDefaultResponseTypeAttribute(typeof(ErrorJson)));
        api.AddEndpointFilter<RefuseFaultyInput>();
        return api;
    }
}

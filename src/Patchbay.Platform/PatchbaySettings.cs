namespace Patchbay.Platform;

/// <summary>Limits that the operator may move.</summary>
internal sealed record PatchbaySettings
{
    /// <summary>The largest API description that is imported, in bytes.</summary>
    public int MaxDescriptionBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long an upstream may be silent during a proxied exchange.</summary>
    public TimeSpan ProxyIdleTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How long audit records are kept; null for as long as their organisation.</summary>
    public TimeSpan? AuditRetention { get; init; }

    /// <summary>How long events, their deliveries and attempts are kept.</summary>
    public TimeSpan EventRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a receiver may take to answer a message.</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The pauses between the attempts of a delivery; after the last attempt it is dead.</summary>
    public IReadOnlyList<TimeSpan> DeliveryPauses { get; init; } = Subscriptions.Sending.RetrySchedule.Default;

    /// <summary>For how long every attempt must have failed for a subscription to be disabled.</summary>
    public TimeSpan DisableSubscriptionsAfter { get; init; } = TimeSpan.FromDays(5);

    /// <summary>How long an action may take with all its attempts; a call may ask for less.</summary>
    public TimeSpan ActionTimeLimit { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>The largest answer of an API that an action returns whole, in bytes, unpacked.</summary>
    public int MaxActionAnswerBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>How many requests of actions a connection makes at once, unless it says otherwise itself.</summary>
    public int ActionConcurrency { get; init; } = 32;

    /// <summary>How many calls wait for a connection before further ones are refused.</summary>
    public int ActionQueue { get; init; } = 200;

    /// <summary>How many pages one call fetches, and how many items it returns, at most.</summary>
    public int MaxActionPages { get; init; } = 10_000;
    /// <summary>Where BigQuery's REST API is.</summary>
    public string BigQueryUrl { get; init; } = "https://bigquery.googleapis.com";

    /// <summary>What may stand before a signing key's id in the issuer of a token, besides this server's own <c>{public-url}/sk/</c>.</summary>
    public IReadOnlyList<string> TokenIssuers { get; init; } = ["https://versori.com/sk/"];

    /// <summary>Where people sign in; null where they cannot.</summary>
    public People.OpenIdSettings? OpenId { get; init; }

    /// <summary>Whether people who are signed in may make organisations, whose owners they then are.</summary>
    public bool PeopleCreateOrganisations { get; init; }

    /// <summary>The server that sends mail; null for none.</summary>
    public Protocols.Outbound.MailServer? Mail { get; init; }

    /// <summary>How many rows of a query an action returns at most.</summary>
    public int MaxQueryRows { get; init; } = 10_000;

    /// <summary>How much of an answer a tool gives to an agent, in bytes.</summary>
    public int MaxToolResultBytes { get; init; } = 64 * 1024;

    /// <summary>The largest body of an incoming event, in bytes.</summary>
    public int MaxEventBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>How many events one transaction holds at most: it keeps other writers out while it lasts.</summary>
    public int MaxEventBatch { get; init; } = 512;

    /// <summary>How many events may wait to be stored.</summary>
    public int MaxQueuedEvents { get; init; } = 8192;

    /// <summary>How many bytes of events may wait to be stored.</summary>
    public long MaxQueuedEventBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>Whether the server tries at its start whether custom functions can run on the machine, and says so where not.</summary>
    public bool ChecksFunctionsAtStart { get; init; } = true;
}

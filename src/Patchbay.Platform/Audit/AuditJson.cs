using Patchbay.Platform.Http;

namespace Patchbay.Platform.Audit;

/// <summary>Ours: a record of something that was done. It names things by their ids, never by what they are called.</summary>
internal sealed record AuditRecordJson
{
    /// <summary>Its place in the chain, from 1 on, without a gap.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was written; uses of secrets are those of the minute before.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who: operator, key: and the id of an API key, server for its own work, or nobody for a public route.</summary>
    public required string Actor { get; init; }

    /// <summary>What was done: an operation id, or the server's own work such as EndGrant; for uses of secrets ProxyRequest, ActionRun, Verification, GrantRefresh or FunctionRun.</summary>
    public required string Operation { get; init; }

    /// <summary>What came of it: succeeded or failed.</summary>
    public required string Outcome { get; init; }

    /// <summary>How often; more than 1 for uses of secrets.</summary>
    public required long Count { get; init; }

    /// <summary>What it was done to, and within what.</summary>
    public required IReadOnlyList<AuditResourceJson> Resources { get; init; }

    /// <summary>The hash of the record before, in hexadecimal digits.</summary>
    public required string PreviousHash { get; init; }

    /// <summary>The hash of this record, in hexadecimal digits.</summary>
    public required string Hash { get; init; }

    /// <summary>What somebody wrote into the database may be no time at all.</summary>
    private static readonly long MaxMicroseconds = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static AuditRecordJson Of(AuditRecord record) => new()
    {
        Sequence = record.Sequence,
        At = DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(record.AtMicroseconds, 0, MaxMicroseconds) * TimeSpan.TicksPerMicrosecond),
        Actor = record.Actor,
        Operation = record.Operation,
        Outcome = record.Outcome,
        Count = record.Count,
        Resources = [.. AuditResource.Read(record.Resources).Select(r => new AuditResourceJson { Kind = r.Kind, Id = r.Id, Change = r.Change, Fields = r.Fields, Count = r.Count })],
        PreviousHash = Convert.ToHexStringLower(record.PreviousHash),
        Hash = Convert.ToHexStringLower(record.Hash),
    };
}

/// <summary>Ours: something that a record tells of.</summary>
internal sealed record AuditResourceJson
{
    /// <summary>What it is, such as connector.</summary>
    public required string Kind { get; init; }

    /// <summary>Its id; left out where many are counted.</summary>
    public string? Id { get; init; }

    /// <summary>What became of it: created, updated or deleted; left out where it is only the place.</summary>
    public string? Change { get; init; }

    /// <summary>Names of what changed of it, as the server keeps it.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>How many there are, where they are too many to name.</summary>
    public int? Count { get; init; }
}

/// <summary>Ours: a page of audit records.</summary>
internal sealed record AuditPageJson : PageInfoJson
{
    public required IReadOnlyList<AuditRecordJson> Items { get; init; }
}

namespace Patchbay.Platform.Connections;

/// <summary>How many requests of actions a connection makes at once and in a time; null for the server's default.</summary>
/// <param name="Concurrency">At once.</param>
/// <param name="Queue">How many calls may wait.</param>
/// <param name="Requests">How many in a period; null for as many as there are.</param>
/// <param name="PerSeconds">The period.</param>
internal sealed record ConnectionLimits(int? Concurrency, int? Queue, int? Requests, int PerSeconds);

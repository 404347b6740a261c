namespace Patchbay.Bench.Proxy;

/// <summary>Something to send requests to.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Url">The address of the small document there.</param>
/// <param name="Headers">Header lines that a request there needs.</param>
/// <param name="ProcessorTime">The processor time that its process has used so far.</param>
internal sealed record Target(string Name, string Url, IReadOnlyList<string> Headers, Func<TimeSpan> ProcessorTime)
{
    public const string Path = "/v1/items/42?expand=owner";
}

using System.Text;
using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing;

/// <summary>Imports under the limits that hold whatever the document is.</summary>
internal static class Bounded
{
    /// <summary>What an import may take, in bytes. Allocations are counted, all of them, so that the peak is lower.</summary>
    public const long Memory = 500L * 1024 * 1024;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(5);

    /// <summary>The result of an import that ends in time, within its memory, in a connector or an error that says where.</summary>
    /// <param name="document">The document.</param>
    /// <param name="what">Tells the document from others, should it fail.</param>
    /// <param name="memory">How much may be allocated.</param>
    public static ImportResult Import(byte[] document, string what, long memory = Memory)
    {
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        watch.CancelAfter(Time);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ImportResult result;
        try
        {
            result = DescriptionImporter.Import(document, ImportOptions.Default, watch.Token);
        }
        catch (OperationCanceledException exception) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{what}: the import takes more than {Time.TotalSeconds} s", exception);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= memory, $"{what}: the import allocates {allocated >> 20} MiB");
        if (result.Connector is not null)
        {
            Assert.NotNull(result.Report);
            return result;
        }
        var error = result.Messages[^1];
        Assert.True(error is { Severity: ImportSeverity.Error, Text.Length: > 0, Line: > 0, Column: > 0 }, $"{what}: '{error.Text}' says not where");
        return result;
    }

    public static ImportResult Import(string document, long memory = Memory) =>
        Import(Encoding.UTF8.GetBytes(document), document.Length > 100 ? document[..100] + "…" : document, memory);
}

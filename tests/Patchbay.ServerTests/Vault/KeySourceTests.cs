using Patchbay.ServerTests.Hosting;
using Patchbay.Vault;
using Xunit;

namespace Patchbay.ServerTests.Vault;

/// <summary>The vault key out of the environment, or out of a program: start, rotation, and what is said when something is wrong.</summary>
public sealed class KeySourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("patchbay-key-sources-").FullName;

    private string DataDir => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_key_in_the_environment_is_written_to_no_file_and_is_rotated_in_two_steps()
    {
        var first = await NewKeyAsync();
        await using (var server = ServerProcess.Start(DataDir, vaultKey: first))
            await server.ReadyAsync();
        Assert.False(File.Exists(Path.Combine(DataDir, "vault.key")));
        await using (var without = ServerProcess.Start(DataDir))
            Assert.Contains("the vault key", await without.EndedAsync(1), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(DataDir, "vault.key")));

        await using var running = ServerProcess.Start(DataDir, vaultKey: first);
        await running.ReadyAsync();
        string said;
        await using (var one = ServerProcess.Command(["vault", "rotate"], DataDir, vaultKey: first))
            said = await one.EndedAsync(2);
        Assert.Contains("In two steps", said, StringComparison.Ordinal);
        var second = RingIn(said);
        using (var ring = KeyRing.Parse(second).Ring!)
            Assert.Equal(2, ring.KeyIds.Count);
        await using (var status = ServerProcess.Command(["vault", "status"], DataDir, vaultKey: second))
            Assert.Contains("prepared: run patchbay vault rotate to begin", await status.EndedAsync(), StringComparison.Ordinal);
        // A server with the prepared key does not run ahead of the rotation.
        await using (var early = ServerProcess.Start(DataDir, vaultKey: second))
            await early.ReadyAsync();

        await using (var two = ServerProcess.Command(["vault", "rotate", "--drop-old"], DataDir, vaultKey: second))
            said = await two.EndedAsync();
        var third = RingIn(said);
        using (var ring = KeyRing.Parse(third).Ring!)
            Assert.Single(ring.KeyIds);
        await using (var next = ServerProcess.Start(DataDir, vaultKey: third))
            await next.ReadyAsync();
        await using (var late = ServerProcess.Start(DataDir, vaultKey: first))
            Assert.Contains("is not the one that the store was sealed with", await late.EndedAsync(1), StringComparison.Ordinal);
        Assert.Contains("in memory only: give it to PATCHBAY_VAULT_KEY", running.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_keeps_the_key_and_is_given_the_new_one_by_a_rotation()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs here are those of Unix.");
        var kept = Path.Combine(_folder, "kept in a key manager");
        await File.WriteAllTextAsync(kept, await NewKeyAsync(), TestContext.Current.CancellationToken);
        string[] source = ["--vault-key-command", $"cat \"{kept}\"", "--vault-key-write-command", $"tee \"{kept}\""];
        await using var server = ServerProcess.Start(DataDir, more: source);
        await server.ReadyAsync();
        Assert.False(File.Exists(Path.Combine(DataDir, "vault.key")));

        await using (var rotate = ServerProcess.Command(["vault", "rotate", .. source], DataDir))
        {
            var said = await rotate.EndedAsync();
            Assert.DoesNotContain("patchbay-key-ring", said, StringComparison.Ordinal);
        }

        Assert.Equal(2, SealedStore.KeyIdsIn(await File.ReadAllTextAsync(kept, TestContext.Current.CancellationToken)).Count);
        await using (var next = ServerProcess.Start(DataDir, more: source))
            await next.ReadyAsync();
        await using var broken = ServerProcess.Start(DataDir, more: ["--vault-key-command", "false"]);
        Assert.Contains("The key command false ended with 1", await broken.EndedAsync(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_keep_the_new_key_changes_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs here are those of Unix.");
        var kept = Path.Combine(_folder, "kept");
        await File.WriteAllTextAsync(kept, await NewKeyAsync(), TestContext.Current.CancellationToken);
        string[] read = ["--vault-key-command", $"cat {kept}"];
        await using (var server = ServerProcess.Start(DataDir, more: read))
            await server.ReadyAsync();
        await using (var forgets = ServerProcess.Command(["vault", "rotate", .. read, "--vault-key-write-command", "cat"], DataDir))
            Assert.Contains("does not give it back, so nothing was changed", await forgets.EndedAsync(1), StringComparison.Ordinal);
        await using (var fails = ServerProcess.Command(["vault", "rotate", .. read, "--vault-key-write-command", "false"], DataDir))
            Assert.Contains("nothing was changed", await fails.EndedAsync(1), StringComparison.Ordinal);

        await using var status = ServerProcess.Command(["vault", "status", .. read], DataDir);
        Assert.Contains("none under way", await status.EndedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_places_for_one_key_are_refused()
    {
        await using var server = ServerProcess.Start(DataDir, vaultKey: "{}", more: ["--vault-key-file", "x"]);
        Assert.Contains("--vault-key-file and PATCHBAY_VAULT_KEY are given", await server.EndedAsync(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_shows_the_source_the_ids_and_the_counts_and_no_key()
    {
        await using (var server = ServerProcess.Start(DataDir))
            await server.ReadyAsync();
        var text = await File.ReadAllTextAsync(Path.Combine(DataDir, "vault.key"), TestContext.Current.CancellationToken);
        await using var status = ServerProcess.Command(["vault", "status"], DataDir);
        var said = await status.EndedAsync();

        Assert.Contains(Path.Combine(DataDir, "vault.key"), said, StringComparison.Ordinal);
        Assert.Contains($"{Assert.Single(SealedStore.KeyIdsIn(text))}, in force", said, StringComparison.Ordinal);
        Assert.DoesNotContain(System.Text.Json.Nodes.JsonNode.Parse(text)!["keys"]![0]!["key"]!.GetValue<string>(), said, StringComparison.Ordinal);
        await using var nowhere = ServerProcess.Command(["vault", "status"], Path.Combine(_folder, "elsewhere"));
        Assert.Contains("there is no store at", await nowhere.EndedAsync(1), StringComparison.Ordinal);
    }

    private async Task<string> NewKeyAsync()
    {
        await using var made = ServerProcess.Command(["vault", "new-key"], DataDir);
        return RingIn(await made.EndedAsync());
    }

    private static string RingIn(string output) => output[output.IndexOf('{', StringComparison.Ordinal)..(output.LastIndexOf('}') + 1)];
}

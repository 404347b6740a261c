using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Starting;

/// <summary>The first start makes keys; a later one refuses to run without the right ones.</summary>
public sealed class StartTests : IDisposable
{
    private readonly string _dataDir = Path.Combine(Directory.CreateTempSubdirectory("patchbay-start-").FullName, "data");

    private string VaultKey => Path.Combine(_dataDir, "vault.key");

    private string OperatorKeyFile => Path.Combine(_dataDir, "operator.key");

    [Fact]
    public async Task The_first_start_keeps_its_keys_and_its_store_from_others_and_prints_no_key()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        await using var server = ServerProcess.Start(_dataDir);
        await server.ReadyAsync();
        // What it says of itself goes on behind the line that it is ready.
        await server.SaidAsync("README.md goes on from there");

        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(_dataDir));
        foreach (var file in Directory.EnumerateFiles(_dataDir))
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
        Assert.Contains(VaultKey, server.Output, StringComparison.Ordinal);
        Assert.Contains(OperatorKeyFile, server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain((await File.ReadAllTextAsync(OperatorKeyFile, TestContext.Current.CancellationToken)).Trim(), server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_key_in_the_environment_is_written_to_no_file()
    {
        await using var server = ServerProcess.Start(_dataDir, operatorKey: new string('k', 32));
        await server.ReadyAsync();

        Assert.False(File.Exists(OperatorKeyFile));
    }

    [Fact]
    public async Task An_operator_key_that_is_too_short_is_refused()
    {
        await using var server = ServerProcess.Start(_dataDir, operatorKey: new string('k', 31));

        Assert.Equal(1, await server.ExitedAsync());
        Assert.Contains("PATCHBAY_OPERATOR_KEY must have 32 characters or more", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_vault_key_the_server_does_not_start_and_makes_no_new_one()
    {
        await StartOnceAsync();
        var key = VaultKey + ".kept";
        File.Move(VaultKey, key);

        Assert.Contains("the vault key", await RefusalAsync(), StringComparison.Ordinal);
        Assert.False(File.Exists(VaultKey));

        File.Move(key, VaultKey);
        await StartOnceAsync();
    }

    [Fact]
    public async Task With_another_stores_vault_key_the_server_does_not_start()
    {
        await StartOnceAsync();
        var other = Path.Combine(Path.GetDirectoryName(_dataDir)!, "other");
        await using (var stranger = ServerProcess.Start(other))
            await stranger.ReadyAsync();
        File.Copy(VaultKey, VaultKey + ".kept");
        File.Copy(Path.Combine(other, "vault.key"), VaultKey, overwrite: true);

        Assert.Contains("is not the one that the store was sealed with", await RefusalAsync(), StringComparison.Ordinal);

        File.Move(VaultKey + ".kept", VaultKey, overwrite: true);
        await StartOnceAsync();
    }

    [Fact]
    public async Task With_a_damaged_vault_key_the_server_does_not_start()
    {
        await StartOnceAsync();
        var text = await File.ReadAllTextAsync(VaultKey, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(VaultKey, text[..(text.Length / 2)], TestContext.Current.CancellationToken);

        Assert.Contains("the vault key cannot be used", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_ends_by_itself()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        await using var server = ServerProcess.Start(_dataDir);
        await server.ReadyAsync();
        await server.StopAsync();

        Assert.Equal(0, await server.ExitedAsync());
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_dataDir)!, recursive: true);

    private async Task StartOnceAsync()
    {
        await using var server = ServerProcess.Start(_dataDir);
        await server.ReadyAsync();
    }

    private async Task<string> RefusalAsync()
    {
        await using var server = ServerProcess.Start(_dataDir);
        Assert.Equal(1, await server.ExitedAsync());
        Assert.Contains("Patchbay does not start", server.Output, StringComparison.Ordinal);
        return server.Output;
    }
}

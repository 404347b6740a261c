using Patchbay.Vault;
using Xunit;

namespace Patchbay.UnitTests.Vault;

/// <summary>Keys that a program prints: real programs, written as scripts.</summary>
public sealed class KeyCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("patchbay-key-command-").FullName;
    private readonly KeyRing _ring = KeyRing.Generate();

    public KeyCommandTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs here are shell scripts.");

    private string Kept => Path.Combine(_folder, "kept");

    public void Dispose()
    {
        _ring.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("op read key", "op|read|key")]
    [InlineData("  op\tread  ", "op|read")]
    [InlineData("op read \"op://my vault/key\"", "op|read|op://my vault/key")]
    [InlineData("op --item=\"my key\"", "op|--item=my key")]
    [InlineData("op \"\" x", "op||x")]
    [InlineData("op $HOME `id` ;rm", "op|$HOME|`id`|;rm")]
    [InlineData("", "")]
    public void A_command_is_split_at_spaces_outside_quotes_and_nothing_is_expanded(string command, string parts) =>
        Assert.Equal(parts, string.Join('|', KeyCommandSource.Split(command)));

    [Fact]
    public async Task A_program_prints_the_ring_and_another_takes_a_new_one()
    {
        await File.WriteAllTextAsync(Kept, _ring.ToFileText(), TestContext.Current.CancellationToken);
        var source = new KeyCommandSource(Script("a reader with spaces", $"cat {Kept}"), $"{Script("writer", "cat > $1")} \"{Kept}\"", TimeProvider.System);
        Assert.Equal(_ring.KeyIds, (await ReadAsync(source)).Ring?.KeyIds);

        using var rotated = _ring.WithNewActiveKey();
        Assert.True(source.CanWrite);
        Assert.Null(await source.WriteAsync(rotated, TestContext.Current.CancellationToken));
        Assert.Equal(rotated.ToFileText(), await File.ReadAllTextAsync(Kept, TestContext.Current.CancellationToken));
        Assert.Equal(rotated.KeyIds, (await ReadAsync(source)).Ring?.KeyIds);
    }

    [Fact]
    public async Task A_program_that_fails_is_named_and_what_it_printed_is_not()
    {
        var source = new KeyCommandSource(Script("broken", "echo the-secret; echo the-secret >&2; exit 3"), null, TimeProvider.System);
        var read = await ReadAsync(source);

        Assert.Equal(KeyFileFault.Unreadable, read.Fault);
        Assert.Contains("ended with 3", read.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the-secret", read.Message, StringComparison.Ordinal);
        Assert.False(source.CanWrite);
    }

    [Fact]
    public async Task A_program_that_prints_something_else_or_too_much_or_is_not_there_is_an_expected_failure()
    {
        Assert.Equal(KeyFileFault.Malformed, (await ReadAsync(new KeyCommandSource(Script("chatty", "echo hello"), null, TimeProvider.System))).Fault);
        Assert.Equal(KeyFileFault.Malformed, (await ReadAsync(new KeyCommandSource(Script("endless", "yes x | head -c 10000000"), null, TimeProvider.System))).Fault);
        Assert.Equal(KeyFileFault.Unreadable, (await ReadAsync(new KeyCommandSource(Path.Combine(_folder, "none"), null, TimeProvider.System))).Fault);
        Assert.Equal(KeyFileFault.Unreadable, (await ReadAsync(new KeyCommandSource("", null, TimeProvider.System))).Fault);
    }

    [Fact]
    public async Task A_program_that_does_not_end_is_ended()
    {
        var source = new KeyCommandSource(Script("slow", "sleep 600 & wait"), null, TimeProvider.System) { Patience = TimeSpan.FromSeconds(0.5) };
        var reading = ReadAsync(source);

        Assert.Contains("did not end", (await reading).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_is_not_given_the_servers_own_settings()
    {
        Environment.SetEnvironmentVariable("PATCHBAY_TEST_OF_KEY_COMMAND", "leak");
        await ReadAsync(new KeyCommandSource(Script("env", $"env > {Kept}"), null, TimeProvider.System));

        var seen = await File.ReadAllTextAsync(Kept, TestContext.Current.CancellationToken);
        Assert.Contains("PATH=", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("PATCHBAY_", seen, StringComparison.Ordinal);
    }

    private static Task<KeyFileResult> ReadAsync(KeyCommandSource source) => source.ReadAsync(TestContext.Current.CancellationToken);

    private string Script(string name, string body)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}

using CsCheck;
using Patchbay.Vault;
using Xunit;

namespace Patchbay.UnitTests.Vault;

public sealed class KeyFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly SecretContext Owner = SecretContext.Of("organisation", "o1");

    private readonly string _folder = Directory.CreateTempSubdirectory("patchbay-keys-").FullName;
    private readonly KeyRing _ring = KeyRing.Generate();

    private string FilePath => Path.Combine(_folder, "keys.json");

    public void Dispose()
    {
        _ring.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_written_ring_reads_back_with_its_keys_and_its_active_one()
    {
        using var rotated = _ring.WithNewActiveKey();
        Assert.Null(KeyFile.CreateNew(FilePath, rotated));

        var loaded = KeyFile.Load(FilePath);
        Assert.True(loaded.Succeeded, loaded.Message);
        Assert.Null(loaded.Warning);
        Assert.Equal(rotated.KeyIds, loaded.Ring.KeyIds);
        Assert.Equal(rotated.ActiveKeyId, loaded.Ring.ActiveKeyId);
        Assert.Null(loaded.Ring.Verify(_ring.CreateCheck(Owner), Owner));
        Assert.Null(loaded.Ring.Verify(rotated.CreateCheck(Owner), Owner));
    }

    [Fact]
    public void A_new_file_is_its_owners_alone_and_leaves_nothing_beside_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no file modes on Windows.");
        Assert.Null(KeyFile.CreateNew(FilePath, _ring));
        Assert.Equal(OwnerOnly, OperatingSystem.IsWindows() ? OwnerOnly : File.GetUnixFileMode(FilePath));
        Assert.Equal([FilePath], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void An_existing_file_is_never_overwritten()
    {
        File.WriteAllText(FilePath, "precious");
        Assert.Equal(KeyFileFault.AlreadyExists, KeyFile.CreateNew(FilePath, _ring)?.Fault);
        Assert.Equal("precious", File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_ring_takes_the_place_of_another_whole_and_for_its_owner_alone()
    {
        Assert.Equal(KeyFileFault.Missing, KeyFile.Replace(FilePath, _ring)?.Fault);
        Assert.Null(KeyFile.CreateNew(FilePath, _ring));
        using var rotated = _ring.WithNewActiveKey();
        Assert.Null(KeyFile.Replace(FilePath, rotated));

        Assert.Equal(rotated.ToFileText(), File.ReadAllText(FilePath));
        Assert.Equal(OwnerOnly, OperatingSystem.IsWindows() ? OwnerOnly : File.GetUnixFileMode(FilePath));
        Assert.Equal([FilePath], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Replacing_a_ring_through_a_link_leaves_the_link()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        Assert.Null(KeyFile.CreateNew(FilePath, _ring));
        var link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, FilePath);
        using var rotated = _ring.WithNewActiveKey();
        Assert.Null(KeyFile.Replace(link, rotated));

        Assert.Equal(rotated.ToFileText(), File.ReadAllText(FilePath));
        Assert.NotNull(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public async Task Of_many_that_start_at_once_one_writes_the_file()
    {
        for (var round = 0; round < 30; round++)
        {
            var path = Path.Combine(_folder, $"keys{round}.json");
            using var start = new Barrier(4);
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    using var ring = KeyRing.Generate();
                    start.SignalAndWait(TestContext.Current.CancellationToken);
                    return (ring.ActiveKeyId, Refusal: KeyFile.CreateNew(path, ring));
                },
                TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

            var winner = Assert.Single(outcomes, outcome => outcome.Refusal is null);
            Assert.All(
                outcomes.Where(outcome => outcome.Refusal is not null),
                outcome => Assert.Equal(KeyFileFault.AlreadyExists, outcome.Refusal!.Fault));
            Assert.Equal(winner.ActiveKeyId, KeyFile.Load(path).Ring?.ActiveKeyId);
            Assert.Equal(round + 1, Directory.GetFileSystemEntries(_folder).Length);
        }
    }

    [Fact]
    public void A_file_cannot_be_written_where_there_is_no_directory() =>
        Assert.Equal(KeyFileFault.Unwritable, KeyFile.CreateNew(Path.Combine(_folder, "none", "keys.json"), _ring)?.Fault);

    [Fact]
    public void A_file_that_others_may_read_loads_with_a_warning()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no file modes on Windows.");
        Assert.Null(KeyFile.CreateNew(FilePath, _ring));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(FilePath, OwnerOnly | UnixFileMode.GroupRead);

        var loaded = KeyFile.Load(FilePath);
        Assert.True(loaded.Succeeded);
        Assert.Contains("0600", loaded.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_and_a_missing_directory_are_missing()
    {
        Assert.Equal(KeyFileFault.Missing, KeyFile.Load(FilePath).Fault);
        Assert.Equal(KeyFileFault.Missing, KeyFile.Load(Path.Combine(_folder, "none", "keys.json")).Fault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    public void A_path_that_is_none_is_unreadable(string path) => Assert.Equal(KeyFileFault.Unreadable, KeyFile.Load(path).Fault);

    [Fact]
    public void A_directory_is_unreadable() => Assert.Equal(KeyFileFault.Unreadable, KeyFile.Load(_folder).Fault);

    [Fact]
    public void A_file_that_never_ends_is_no_key_file()
    {
        File.WriteAllText(FilePath, new string(' ', 10_000_000));
        Assert.Equal(KeyFileFault.Malformed, KeyFile.Load(FilePath).Fault);
    }

    [Fact]
    public void Every_truncation_of_the_text_is_malformed()
    {
        var text = _ring.ToFileText().TrimEnd();
        for (var length = 0; length < text.Length; length++) Assert.Equal(KeyFileFault.Malformed, KeyRing.Parse(text.AsSpan(0, length)).Fault);
    }

    [Fact]
    public void Every_mistyped_character_of_a_key_is_told_apart_from_another_key()
    {
        var text = _ring.ToFileText();
        var key = Field(text, "key");
        var start = text.IndexOf(key, StringComparison.Ordinal);
        for (var index = 0; index < key.Length - 2; index++)
        {
            var mistyped = text.ToCharArray();
            mistyped[start + index] = mistyped[start + index] == 'A' ? 'B' : 'A';
            Assert.Equal(KeyFileFault.Checksum, KeyRing.Parse(mistyped).Fault);
        }
    }

    [Fact]
    public void A_mistyped_id_or_checksum_is_told_apart_too()
    {
        using var other = KeyRing.Generate();
        var text = _ring.ToFileText();
        Assert.Equal(KeyFileFault.Checksum, KeyRing.Parse(text.Replace(_ring.ActiveKeyId, other.ActiveKeyId, StringComparison.Ordinal)).Fault);
        Assert.Equal(
            KeyFileFault.Checksum,
            KeyRing.Parse(text.Replace(Field(text, "checksum"), Field(other.ToFileText(), "checksum"), StringComparison.Ordinal)).Fault);
    }

    public static TheoryData<string, string> MalformedTexts() => new()
    {
        { "empty", "" },
        { "a bare key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" },
        { "an array", "[]" },
        { "null", "null" },
        { "an empty object", "{}" },
        { "another format", Text(format: "other") },
        { "a later version", Text(version: "2") },
        { "a version as text", Text(version: "\"1\"") },
        { "a huge version", Text(version: "1e99") },
        { "no active key", Text(active: "") },
        { "an active key that is not there", Text(active: "1102030405060708") },
        { "an id in capitals", Text(active: "010203040506070A", id: "010203040506070A") },
        { "no keys", Text(keys: "[]") },
        { "keys as an object", Text(keys: "{}") },
        { "a key that is no object", Text(keys: "[1]") },
        { "a key that is no base64", Text(key: "!!!!") },
        { "a key of 31 bytes", Text(key: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==") },
        { "a key of no bytes", Text(key: "") },
        { "a short checksum", Text(checksum: "f2c9") },
        { "an additional field", Text(extra: ", \"comment\": 1") },
        { "a field twice", Text(extra: ", \"version\": 1") },
        { "the same id twice", Text(keys: $"[{Entry()}, {Entry()}]") },
        { "trailing text", Text() + "x" },
        { "half a surrogate pair", Text(format: "\\ud800") },
        { "half a surrogate pair as a name", Text(extra: ", \"\\ud800\": 1") },
        { "too deep", Text(keys: "[[[[[[]]]]]]") },
    };

    [Theory]
    [MemberData(nameof(MalformedTexts))]
    public void A_malformed_text_is_refused_without_repeating_a_key(string what, string text)
    {
        var result = KeyRing.Parse(text);
        Assert.True(result.Fault is KeyFileFault.Malformed, what);
        Assert.NotEmpty(result.Message);
        Assert.DoesNotContain("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_that_those_are_made_of_is_itself_well_formed() => Assert.True(KeyRing.Parse(Text()).Succeeded);

    [Fact]
    public void Invalid_bytes_in_a_file_are_malformed()
    {
        var text = Text(format: "?");
        var bytes = text.Select(character => character == '?' ? (byte)0xff : (byte)character).ToArray();
        File.WriteAllBytes(FilePath, bytes);
        Assert.Equal(KeyFileFault.Malformed, KeyFile.Load(FilePath).Fault);
    }

    [Fact]
    public void Texts_from_anywhere_never_throw() =>
        Gen.Select(Gen.Int[0, 300], Gen.String).Sample((at, inserted) =>
        {
            var text = Text();
            var place = Math.Min(at, text.Length);
            return KeyRing.Parse(string.Concat(text.AsSpan(0, place), inserted, text.AsSpan(place))) is not null;
        });

    private static string Text(
        string format = "patchbay-key-ring",
        string version = "1",
        string active = "0102030405060708",
        string? keys = null,
        string id = "0102030405060708",
        string key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        string checksum = "f2c98e427789b4d9",
        string extra = "") =>
        $$"""{ "format": "{{format}}", "version": {{version}}, "active": "{{active}}", "keys": {{keys ?? $"[{Entry(id, key, checksum)}]"}}{{extra}} }""";

    private static string Entry(
        string id = "0102030405060708",
        string key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        string checksum = "f2c98e427789b4d9") =>
        $$"""{ "id": "{{id}}", "key": "{{key}}", "checksum": "{{checksum}}" }""";

    private static string Field(string text, string name)
    {
        var start = text.IndexOf($"\"{name}\": \"", StringComparison.Ordinal) + name.Length + 5;
        return text[start..text.IndexOf('"', start)];
    }
}

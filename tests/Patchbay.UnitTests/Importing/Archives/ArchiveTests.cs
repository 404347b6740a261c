using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Patchbay.Importing;
using Patchbay.Importing.Archives;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Exporting;
using Patchbay.UnitTests.Importing.Exporting;
using Xunit;

namespace Patchbay.UnitTests.Importing.Archives;

public sealed class ArchiveTests
{
    private const string Schema = "{ \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\r\n  \"type\": \"object\" }";

    private static readonly bool Full = Environment.GetEnvironmentVariable("PATCHBAY_TESTS_FULL") == "1";

    private static readonly ConnectorContents Contents = new(
        [
            new() { Name = "getPet", Method = "GET", Path = "/pets", Summary = "Zwölf \U0001F600", Responses = [new() { Status = 200 }], Source = JsonNode.Parse("""{"x-n":1.50,"x-t":"<é>"}""")!.AsObject() },
            new() { Name = "putPet", Method = "PUT", Path = "/pets" },
        ],
        [new() { Name = "born", Method = "POST" }],
        [
            new() { Name = "Pet", Accept = ["application/json"], ContentType = "application/schema+json", Schema = Schema, Description = "A pet" },
            new() { Name = "Order", Accept = ["application/xml"], ContentType = "application/xml", Schema = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>""" },
        ]);

    [Fact]
    public void An_archive_is_read_back_as_it_was()
    {
        var archive = Archive(Contents);
        var read = Read(Write(archive));

        Assert.Equal(archive.Connector.ToJsonString(), read.Archived!.Connector.ToJsonString());
        Assert.Equal(("1.0", "What it is", "[{\"text\":\"m\"}]"), (read.Archived.Version, read.Archived.Description, read.Archived.Messages!.ToJsonString()));
        Assert.Equal(("Pets", "https://api.example.com"), (read.Name, read.BaseUrl));
        Assert.Equal([new ImportedVariable("zone", "eu")], read.Variables);
        Exported.AssertSame(Contents, read.Contents);
    }

    [Fact]
    public void Entries_are_sorted_and_readable_and_their_times_say_nothing()
    {
        using var zip = new ZipArchive(new MemoryStream(Write(Archive(Contents))));
        Assert.Equal(
            [
                "actions/getPet.json", "actions/putPet.json", "connector.json", "definitions/Order.facts.json", "definitions/Order.xsd", "definitions/Pet.facts.json",
                "definitions/Pet.json", "triggers/born.json", "version.json",
            ],
            zip.Entries.Select(entry => entry.FullName));
        Assert.All(zip.Entries, entry => Assert.Equal(1980, entry.LastWriteTime.Year));
        Assert.Equal(Schema, Text(zip, "definitions/Pet.json"));
        Assert.Equal("{\n  \"name\": \"putPet\",\n  \"method\": \"PUT\",\n  \"path\": \"/pets\",\n  \"parameters\": [],\n  \"responses\": [],\n  \"deprecated\": false\n}\n", Text(zip, "actions/putPet.json"));
        var version = JsonNode.Parse(Text(zip, "version.json"))!;
        Assert.Equal(("patchbay-connector-version", 1), ((string?)version["format"], (int)version["formatVersion"]!));
        Assert.Equal(Convert.ToHexStringLower(ContentHash.Of(Contents)), (string?)version["contentHash"]);
    }

    [Fact]
    public void Equal_versions_give_equal_bytes_and_one_edited_action_changes_its_entry()
    {
        var before = Write(Archive(Contents));
        Assert.Equal(before, Write(Archive(Contents with { Actions = [.. Contents.Actions.Reverse()] })));

        var after = Write(Archive(Contents with { Actions = [Contents.Actions[0] with { Summary = "Thirteen" }, Contents.Actions[1]] }));
        using var old = new ZipArchive(new MemoryStream(before));
        using var edited = new ZipArchive(new MemoryStream(after));
        // version.json has the hash over all of it.
        Assert.Equal(["actions/getPet.json", "version.json"], old.Entries.Select(entry => entry.FullName).Where(name => Text(old, name) != Text(edited, name)));
    }

    [Fact]
    public void Any_contents_come_back_out_of_an_archive() => GeneratedContents.All.Sample(
        contents =>
        {
            if (DefinitionCheck.FaultsOf(contents.Definitions, TestContext.Current.CancellationToken).Any()) return;
            var result = ArchiveReader.Import(Write(Archive(contents)), ArchiveLimits.Default, TestContext.Current.CancellationToken);
            Assert.True(result.Connector is not null, string.Join('\n', result.Messages.Select(message => message.Text)));
            Exported.AssertSame(contents, result.Connector.Contents);
        },
        iter: Full ? 10_000 : 200, print: contents => Encoding.UTF8.GetString(ContentJson.ToBytes(contents)));

    [Theory]
    [MemberData(nameof(CorpusExportTests.Files), MemberType = typeof(CorpusExportTests))]
    public void A_published_description_goes_through_an_archive(string file)
    {
        var connector = DescriptionImporter.Import(Corpus.Read(file), ImportOptions.Default, TestContext.Current.CancellationToken).Connector!;
        Exported.AssertSame(connector.Contents, Read(Write(Archive(connector.Contents))).Contents);
    }

    [Fact]
    public void An_archive_that_another_program_packed_again_is_read()
    {
        var packed = Repack(entries =>
        {
            entries.Insert(0, ("actions/", ""));
            entries.Reverse();
        });
        Exported.AssertSame(Contents, Read(packed).Contents);
    }

    [Fact]
    public void An_edited_archive_says_so_unless_its_hash_was_taken_out()
    {
        void Edit(List<(string Name, string Text)> entries) => Replace(entries, "actions/putPet.json", text => text.Replace("/pets", "/cats", StringComparison.Ordinal));
        AssertRefused(Repack(Edit), "version.json: contentHash is not that of the contents");
        var meant = Repack(entries =>
        {
            Edit(entries);
            Replace(entries, "version.json", text =>
            {
                var version = JsonNode.Parse(text)!.AsObject();
                version.Remove("contentHash");
                return version.ToJsonString();
            });
        });
        Assert.Equal("/cats", Read(meant).Contents.Actions[1].Path);
    }

    [Theory]
    [InlineData("../version.json")]
    [InlineData("/etc/passwd")]
    [InlineData("actions/../../x.json")]
    [InlineData("actions/a/b.json")]
    [InlineData("actions\\x.json")]
    [InlineData("actions/x.json/")]
    [InlineData("actions/a b.json")]
    [InlineData("actions/.json")]
    [InlineData("definitions/a$.json")]
    [InlineData("definitions/Pet.exe")]
    [InlineData("C:\\x.json")]
    [InlineData("x")]
    [InlineData("actions/x.json\n")]
    public void Names_are_those_of_the_format_and_nothing_else(string name) => AssertRefused(Repack(entries => entries.Add((name, "{}"))), "is no entry of such an archive");

    [Theory]
    [InlineData("actions/getPet.json", """{"name":"getPet","method":"GET","path":"/","extra":1}""", "unknown")]
    [InlineData("actions/getPet.json", """{"name":"getPet","method":"GET"}""", "a field is missing")]
    [InlineData("actions/getPet.json", """{"name":"getPet","method":"GET","path":null}""", "wrong type")]
    [InlineData("actions/getPet.json", """{"name":"getPet","method":"GET","path":"/","parameters":[null]}""", "no list of parameters")]
    [InlineData("actions/getPet.json", """{"name":"getPet","method":"BREW","path":"/"}""", "method is none of")]
    [InlineData("actions/getPet.json", """{"name":"putPet","method":"GET","path":"/"}""", "name is not that of the file")]
    [InlineData("actions/getPet.json", """{"name":"getPet","name":"getPet","method":"GET","path":"/"}""", "no JSON that can be read")]
    [InlineData("actions/getPet.json", """{"name":"getPet","method":"GET","path":"/","summary":"\ud800"}""", "half of a character")]
    [InlineData("actions/getPet.json", """{"name":"getPet","method":"GET","path":"/","summary":"\u0000"}""", "summary is no text")]
    [InlineData("actions/getPet.json", "not json", "no JSON that can be read")]
    [InlineData("actions/getPet.json", "[]", "wrong type")]
    [InlineData("triggers/born.json", """{"name":"born","method":"POST","parameters":[{"name":"a","in":"path","required":true,"type":"string"}]}""", "in is none of")]
    [InlineData("definitions/Pet.facts.json", """{"accept":["a/b"],"contentType":"text/plain"}""", "contentType is neither")]
    [InlineData("definitions/Pet.facts.json", """{"accept":["a/b"],"contentType":"application/xml"}""", "another kind of schema")]
    [InlineData("definitions/Pet.json", """{"allOf":[{"$ref":"Pet.json"}]}""", "checking would never end")]
    [InlineData("definitions/Pet.json", """{"type":"nonsense"}""", "a value that it cannot have")]
    [InlineData("definitions/Pet.json", "[]", "no JSON Schema")]
    [InlineData("definitions/Order.xsd", """<!DOCTYPE a [<!ENTITY b "b">]><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">&b;</xs:schema>""", "no XML that can be read")]
    [InlineData("definitions/Order.xsd", "<a/>", "no XML Schema")]
    [InlineData("connector.json", "[]", "no JSON object")]
    [InlineData("version.json", """{"format":"patchbay-connector-version","formatVersion":2,"name":"1"}""", "formatVersion is not 1")]
    [InlineData("version.json", """{"format":"patchbay-connector-version","formatVersion":1}""", "name is missing")]
    public void What_breaks_the_rules_is_refused_with_the_name_of_its_entry(string entry, string text, string expected)
    {
        var refused = AssertRefused(Repack(entries => Replace(entries, entry, _ => text)), expected);
        Assert.StartsWith(entry.Split('.')[0], refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("connector.json")]
    [InlineData("version.json")]
    [InlineData("definitions/Pet.json")]
    [InlineData("definitions/Pet.facts.json")]
    public void What_is_missing_is_named(string entry) => AssertRefused(Repack(entries => entries.RemoveAll(other => other.Name == entry)), "definitions/Pet.json".Equals(entry, StringComparison.Ordinal) ? "there is no schema beside it" : "it is missing");

    [Fact]
    public void An_entry_may_not_stand_twice() => AssertRefused(Repack(entries => entries.Add(("actions/getPet.json", "{}"))), "stands in the archive twice");

    [Fact]
    public void Two_schemas_may_not_have_one_name() => AssertRefused(Repack(entries => entries.Add(("definitions/Pet.xsd", "<a/>"))), "another schema of that name");

    [Fact]
    public void Deep_nesting_is_refused() => AssertRefused(Repack(entries => Replace(entries, "actions/getPet.json",
        _ => """{"name":"getPet","method":"GET","path":"/","source":{"x":""" + new string('[', 60) + new string(']', 60) + "}}")), "nests too deeply");

    [Fact]
    public void Data_that_unpacks_to_gigabytes_is_refused_before_it_does()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "version.json", """{"format":"patchbay-connector-version","formatVersion":1,"name":"1"}"""u8.ToArray());
            Add(zip, "connector.json", "{}"u8.ToArray());
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 40; i++)
            {
                using var entry = zip.CreateEntry($"actions/bomb{i}.json", CompressionLevel.Fastest).Open();
                for (var j = 0; j < 30; j++) entry.Write(zeros);
            }
        }
        Assert.True(stream.Length < 16 * 1024 * 1024);
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(stream.ToArray(), "unpacks to more than");
        // 40 times what one entry may have would be ten times this.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024L * 1024 * 1024);
    }

    [Fact]
    public void Too_many_entries_are_refused_before_they_are_listed()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < 70_000; i++) zip.CreateEntry($"actions/a{i}.json", CompressionLevel.NoCompression);
        }
        var file = stream.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(file, "more than 65000 entries");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
    }

    [Fact]
    public void A_large_file_is_refused_by_its_length()
    {
        var result = ArchiveReader.Import(Write(Archive(Contents)), ArchiveLimits.Default with { MaxBytes = 100 }, TestContext.Current.CancellationToken);
        Assert.Null(result.Connector);
        Assert.Contains("larger than 100 bytes", Assert.Single(result.Messages).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_archives_are_refused_and_nothing_is_thrown()
    {
        var whole = Write(Archive(Contents));
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length], Gen.Bool).Sample(
            (at, value, length, isCut) =>
            {
                var damaged = isCut ? whole[..length] : [.. whole];
                if (!isCut) damaged[at] = value;
                var result = ArchiveReader.Import(damaged, ArchiveLimits.Default, TestContext.Current.CancellationToken);
                // Some bytes mean nothing: times, attributes, a comment.
                if (result.Connector is { } connector) Assert.Equal(ContentHash.Of(Contents), ContentHash.Of(connector.Contents));
                else Assert.NotEmpty(result.Messages);
                _ = ArchiveReader.IsArchive(damaged);
            },
            iter: Full ? 200_000 : 5_000);
    }

    [Fact]
    public void Only_archives_of_ours_are_recognised()
    {
        Assert.True(ArchiveReader.IsArchive(Write(Archive(Contents))));
        Assert.False(ArchiveReader.IsArchive(Encoding.UTF8.GetBytes("openapi: 3.1.0")));
        Assert.False(ArchiveReader.IsArchive("PK\u0003\u0004"u8.ToArray()));
        Assert.False(ArchiveReader.IsArchive(Repack(entries => entries.RemoveAll(entry => entry.Name == "version.json"))));
        Assert.False(ArchiveReader.IsArchive(Repack(entries => Replace(entries, "version.json", _ => """{"format":"other","formatVersion":1,"name":"1"}"""))));
    }

    [Fact]
    public void A_version_that_no_import_would_take_is_not_written() =>
        Assert.Null(ArchiveWriter.Write(Archive(Contents), ArchiveLimits.Default with { MaxUnpackedBytes = 1000 }, TestContext.Current.CancellationToken));

    private static ConnectorArchive Archive(ConnectorContents contents) => new()
    {
        Connector = JsonNode.Parse("""{"name":"Pets","baseUrl":"https://api.example.com","connectionVariables":[{"name":"zone","value":"eu"}]}""")!.AsObject(),
        Version = "1.0",
        Description = "What it is",
        Messages = [new JsonObject { ["text"] = "m" }],
        Contents = contents,
    };

    private static byte[] Write(ConnectorArchive archive)
    {
        var file = ArchiveWriter.Write(archive, ArchiveLimits.Default, TestContext.Current.CancellationToken);
        Assert.NotNull(file);
        return file;
    }

    private static ImportedConnector Read(byte[] file)
    {
        var result = ArchiveReader.Import(file, ArchiveLimits.Default, TestContext.Current.CancellationToken);
        Assert.True(result.Connector is not null, string.Join('\n', result.Messages.Select(message => message.Text)));
        return result.Connector;
    }

    private static string AssertRefused(byte[] file, string expected)
    {
        var result = ArchiveReader.Import(file, ArchiveLimits.Default, TestContext.Current.CancellationToken);
        Assert.Null(result.Connector);
        Assert.All(result.Messages, message => Assert.Equal(ImportSeverity.Error, message.Severity));
        var found = result.Messages.FirstOrDefault(message => message.Text.Contains(expected, StringComparison.Ordinal));
        Assert.True(found is not null, $"Nothing says '{expected}', but: {string.Join('\n', result.Messages.Select(message => message.Text))}");
        return found.Text;
    }

    /// <summary>The archive after somebody worked on its entries.</summary>
    private static byte[] Repack(Action<List<(string Name, string Text)>> work)
    {
        using var zip = new ZipArchive(new MemoryStream(Write(Archive(Contents))));
        var entries = zip.Entries.Select(entry => (entry.FullName, Text(zip, entry.FullName))).ToList();
        work(entries);
        using var stream = new MemoryStream();
        using (var packed = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries) Add(packed, name, Encoding.UTF8.GetBytes(text));
        }
        return stream.ToArray();
    }

    private static void Replace(List<(string Name, string Text)> entries, string name, Func<string, string> edit)
    {
        var at = entries.FindIndex(entry => entry.Name == name);
        entries[at] = (name, edit(entries[at].Text));
    }

    private static void Add(ZipArchive zip, string name, byte[] bytes)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(bytes);
    }

    private static string Text(ZipArchive zip, string name)
    {
        using var reader = new StreamReader(zip.GetEntry(name)!.Open(), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

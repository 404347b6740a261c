using System.IO.Compression;
using System.Text;
using CsCheck;
using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing.Documents;

public sealed class ZipTests
{
    private const string Small = "openapi: 3.0.0\ninfo: {title: T, version: '1'}\nservers: [{url: 'https://a.example'}]\npaths: {/a: {get: {operationId: a}}}\n";

    [Theory]
    [InlineData("openapi.yaml")]
    [InlineData("OpenAPI.yml")]
    [InlineData("swagger.yaml")]
    [InlineData("some/folder/openapi.yaml")]
    [InlineData("whatever.yaml")]
    public async Task The_description_is_found_by_its_name_or_by_what_it_says(string name)
    {
        var result = await Zips.ImportAsync((name, Small), ("other/schema.yaml", "type: string"), ("readme.md", "openapi: no"), ("__MACOSX/._openapi.yaml", "\0"), ("notes.json", "{\"a\": {\"openapi\": 1}}"));

        Assert.Equal("a", Assert.Single(result.Connector!.Contents.Actions).Name);
        Assert.DoesNotContain(result.Messages, message => message.Document is not null);
    }

    [Fact]
    public async Task Of_several_the_one_that_lies_highest_is_taken()
    {
        var result = await Zips.ImportAsync(("openapi.yaml", Small), ("older/openapi.yaml", Small.Replace("operationId: a", "operationId: b", StringComparison.Ordinal)), ("another.yaml", Small));

        Assert.Equal("a", Assert.Single(result.Connector!.Contents.Actions).Name);
    }

    [Fact]
    public async Task A_collection_is_found_in_a_zip() =>
        Assert.Equal("C", (await Zips.ImportAsync(("my.json", """{"item": [], "info": {"name": "C", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}}"""))).Connector!.Name);

    [Fact]
    public async Task Several_descriptions_of_equal_right_are_listed()
    {
        Assert.EndsWith("above the others: a/openapi.yaml, b/openapi.json", await Zips.RefusalAsync(Zips.Of(("a/openapi.yaml", Small), ("b/openapi.json", "{}"))), StringComparison.Ordinal);
        Assert.EndsWith("above the others: x.yaml, y.json", await Zips.RefusalAsync(Zips.Of(("x.yaml", Small), ("y.json", "{\"info\":{},\"swagger\":\"2.0\"}"), ("z.yaml", "text: openapi"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zip_without_a_description_says_so()
    {
        Assert.StartsWith("The zip holds no API description", await Zips.RefusalAsync(Zips.Of(("a.txt", Small), ("b.json", "[1]"))), StringComparison.Ordinal);
        Assert.StartsWith("The zip holds no API description", await Zips.RefusalAsync(Zips.Of()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../openapi.yaml")]
    [InlineData("a/../../openapi.yaml")]
    [InlineData("/etc/openapi.yaml")]
    [InlineData("C:/openapi.yaml")]
    [InlineData("..\\openapi.yaml")]
    [InlineData("a/./b.yaml")]
    public async Task A_name_that_leads_out_of_the_zip_refuses_it(string name) =>
        Assert.StartsWith("The zip has an entry whose name leads out of it", await Zips.RefusalAsync(Zips.Of(("openapi.yaml", Small), (name, "a"))), StringComparison.Ordinal);

    [Fact]
    public async Task A_symbolic_link_refuses_the_zip()
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Zips.Add(archive, "openapi.yaml", Encoding.UTF8.GetBytes(Small));
            Zips.Add(archive, "passwords.yaml", "/etc/passwd"u8.ToArray()).ExternalAttributes = unchecked((int)0xA1FF0000);
        }

        Assert.Equal("The zip has a symbolic link, which is not followed: passwords.yaml", await Zips.RefusalAsync(stream.ToArray()));
    }

    [Fact]
    public async Task Two_entries_of_one_name_refuse_the_zip() =>
        Assert.Equal("The zip has two entries of one name: openapi.yaml", await Zips.RefusalAsync(Zips.Of(("openapi.yaml", Small), ("openapi.yaml", "a"))));

    [Fact]
    public async Task Too_many_entries_refuse_the_zip_before_they_are_listed()
    {
        var zip = Zips.Of([.. Enumerable.Range(0, 5_001).Select(i => ($"{i}.txt", ""))]);

        Assert.Equal("The zip has more than 5000 entries", await Zips.RefusalAsync(zip));
    }

    [Fact]
    public async Task A_zip_that_unpacks_to_more_than_is_taken_is_refused()
    {
        var bomb = Zips.Of(("openapi.yaml", Small + "components: {schemas: {B: {$ref: 'bomb.yaml'}}}\n"), ("bomb.yaml", new string(' ', 50_000_000)));
        Assert.True(bomb.Length < 200_000);
        var options = new ImportOptions { MaxDocumentBytes = 1_000_000 };

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.StartsWith("What is in the zip comes to more than 1000000 bytes", await Zips.RefusalAsync(bomb, options), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 10_000_000);
        // A length that is too small is all that is unpacked.
        Imported.AssertMessage(await Zips.ImportAsync(WithLength(bomb, 50_000_000, 10), options), "could not be read; it was left out (bomb.yaml: The document is empty");
        Assert.Equal("The zip is larger than 100 bytes", await Zips.RefusalAsync(bomb, new ImportOptions { MaxDocumentBytes = 100 }));
    }

    [Fact]
    public async Task Looking_for_the_description_has_the_same_limit()
    {
        var bomb = Zips.Of([.. Enumerable.Range(0, 40).Select(i => ($"{i}.yaml", new string(' ', 100_000)))]);

        Assert.StartsWith("What is in the zip comes to more than", await Zips.RefusalAsync(bomb, new ImportOptions { MaxDocumentBytes = 1_000_000 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_damage_to_a_zip_has_an_answer()
    {
        var zip = Zips.Of(("openapi.yaml", Small + "x: {$ref: 'a.yaml#/b'}\n"), ("a.yaml", "b: 1"));
        var damage = Gen.Select(Gen.Int[4, zip.Length - 1], Gen.Byte).Array[1, 4];

        damage.Sample(edits =>
        {
            var damaged = zip.ToArray();
            foreach (var (at, value) in edits) damaged[at] = value;
            var result = Zips.ImportAsync(damaged).GetAwaiter().GetResult();
            return result.Connector is not null || result.Messages[^1].Severity == ImportSeverity.Error;
        }, iter: 2_000);
    }

    /// <summary>Puts another length of the unpacked content wherever the one stands.</summary>
    private static byte[] WithLength(byte[] zip, int length, int other)
    {
        var changed = zip.ToArray();
        for (var at = changed.AsSpan().IndexOf(BitConverter.GetBytes(length)); at >= 0; at = changed.AsSpan().IndexOf(BitConverter.GetBytes(length)))
            BitConverter.GetBytes(other).CopyTo(changed, at);
        return changed;
    }
}

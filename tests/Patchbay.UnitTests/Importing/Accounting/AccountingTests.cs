using System.Globalization;
using System.Text;
using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing.Accounting;

/// <summary>Every part of a description is carried over or named as left out, held against a count that shares no code with the importer.</summary>
public sealed class AccountingTests
{
    [Theory]
    [MemberData(nameof(CorpusTests.Files), MemberType = typeof(CorpusTests))]
    public void The_account_of_a_published_description_closes(string file) => AssertCloses(Corpus.Read(file));

    [Theory]
    [InlineData(nameof(SampleDescriptions.OpenApi30))]
    [InlineData(nameof(SampleDescriptions.OpenApi31))]
    [InlineData(nameof(SampleDescriptions.OpenApi32))]
    [InlineData(nameof(SampleDescriptions.Swagger20))]
    public void The_account_of_a_description_that_has_everything_closes(string name)
    {
        var document = Encoding.UTF8.GetBytes(SampleDescriptions.ByName(name));

        var report = AssertCloses(document);

        DefinitionChecks.AssertSound(Imported.Connector(SampleDescriptions.ByName(name)).Contents);
        Assert.DoesNotContain(
            report.Entries.SelectMany(entry => entry.LeftOut),
            remark => remark.Text.Contains("has no place in a connector", StringComparison.Ordinal));
    }

    [Fact]
    public void What_nothing_uses_is_left_out_with_everything_in_it_and_each_place_is_named()
    {
        var report = Imported.Result("""
            openapi: 3.0.0
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example'}, {url: 'https://b.example', variables: {v: {default: a}}}]
            paths:
              /a:
                parameters: [{name: p, in: query, schema: {type: string}}]
                get:
                  parameters: [{name: p, in: query, schema: {type: integer}}]
                  responses: {200: {description: d}}
            components:
              parameters: {P: {name: p, in: query, x-a: 1, schema: {type: string}, examples: {e: {value: 1}}}}
              headers: {H: {schema: {type: string}}}
              pathItems: {I: {get: {responses: {200: {description: d}}}}}
            """).Report!;

        Lines.AssertEqual(
            [
                "Server: 2 = 1 + 1: A connector has one base URL, the first server; another server was left out /servers/1:3",
                "ServerVariable: 1 = 0 + 1: A server variable stands in a part that was left out /servers/1/variables/v:3",
                "Operation: 2 = 1 + 1: An operation is used by nothing; it was left out /components/pathItems/I/get:13",
                "Parameter: 3 = 1 + 2: A parameter is used by nothing; it was left out /paths/~1a/parameters/0:6 /components/parameters/P:11",
                "Response: 2 = 1 + 1: A response stands in a part that was left out /components/pathItems/I/get/responses/200:13",
                "ResponseHeader: 1 = 0 + 1: A header is used by nothing; it was left out /components/headers/H:12",
                "Example: 1 = 0 + 1: An example stands in a part that was left out /components/parameters/P/examples/e:11",
                "Schema: 4 = 1 + 3: A schema stands in a part that was left out /paths/~1a/parameters/0/schema:6 /components/parameters/P/schema:11 /components/headers/H/schema:12",
                "Extension: 1 = 0 + 1: An extension stands in a part that was left out /components/parameters/P/x-a:11",
            ],
            report.Entries.Where(entry => entry.Source is not null).Select(Show));
    }

    [Fact]
    public void A_shared_part_counts_once_in_the_source_and_for_each_use_in_the_connector()
    {
        var entry = Entry(Imported.Result("""
            openapi: 3.0.0
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example'}]
            paths:
              /a: {get: &o {parameters: [{$ref: '#/components/parameters/P'}], responses: {200: {description: d}}}}
              /b: {get: *o}
            components: {parameters: {P: {name: p, in: query, schema: {type: string}}}}
            """), DescriptionPart.Parameter);

        Assert.Equal((2, new SourceCount(1, 1, 0)), (entry.Carried, entry.Source));
    }

    [Fact]
    public void The_report_lists_as_many_places_as_was_asked_for_and_counts_them_all()
    {
        var paths = string.Join('\n', Enumerable.Range(0, 30).Select(i => $"  /a{i}: {{get: {{}}}}"));
        var document = "openapi: 3.0.0\ninfo: {title: T, version: '1'}\nservers: [{url: 'https://a.example'}]\npaths:\n" + paths;

        foreach (var (limit, listed) in ((int, int)[])[(0, 0), (5, 5), (25, 25), (1_000, 30), (int.MaxValue, 30)])
        {
            var result = Imported.Result(document, new ImportOptions { MaxPlacesInReport = limit });
            var remark = Assert.Single(Entry(result, DescriptionPart.Response).Approximated);
            Assert.Equal((30, listed, 30 - listed), (remark.Count, remark.Places.Count, remark.Unlisted));
            Assert.Equal(21, Assert.Single(result.Messages).Detail!.Count);
        }
    }

    private static FidelityReport AssertCloses(byte[] document)
    {
        var result = DescriptionImporter.Import(document, new ImportOptions { MaxPlacesInReport = int.MaxValue }, TestContext.Current.CancellationToken);
        var entries = result.Report!.Entries.Where(entry => entry.Source is not null).ToList();

        Lines.AssertEqual(
            PlainCount.Of(document).OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"),
            entries.Select(entry => $"{entry.Part} {entry.Source!.Found}"));
        foreach (var entry in entries)
        {
            Assert.Equal(entry.Source!.Found, entry.Source.Carried + entry.Source.LeftOut);
            Assert.True(entry.Source.LeftOut <= entry.LeftOut.Sum(remark => remark.Count), $"{entry.Part}: {entry.Source.LeftOut} left out, and not all are named");
        }
        var remarks = result.Report.Entries.SelectMany(entry => entry.Approximated.Concat(entry.LeftOut)).ToList();
        Assert.All(remarks, remark => Assert.Equal(0, remark.Unlisted));
        Assert.All(remarks.SelectMany(remark => remark.Places), place => Assert.True(place is { Line: > 0, Column: > 0 }));
        return result.Report;
    }

    private static FidelityEntry Entry(ImportResult result, DescriptionPart part) => result.Report!.Entries.Single(entry => entry.Part == part);

    private static string Show(FidelityEntry entry)
    {
        var remarks = entry.LeftOut.Select(remark =>
            $"{remark.Text} {string.Join(' ', remark.Places.Select(place => string.Create(CultureInfo.InvariantCulture, $"{place.Pointer}:{place.Line}")))}");
        return $"{entry.Part}: {entry.Source!.Found} = {entry.Source.Carried} + {entry.Source.LeftOut}{(entry.LeftOut.Count > 0 ? ": " : "")}{string.Join("; ", remarks)}";
    }
}

using System.Reflection;
using Patchbay.Importing;
using Patchbay.Importing.Messages;
using Xunit;

namespace Patchbay.UnitTests.Importing;

public sealed class FidelityTests
{
    [Fact]
    public void The_report_counts_what_was_carried_approximated_and_left_out()
    {
        var report = Imported.Result("""
            openapi: 3.1.0
            info: {title: T, version: 1}
            servers: [{url: 'https://{a}.example', variables: {a: {default: b}}}, {url: 'https://other.example'}]
            x-own: 1
            paths:
              /a/{id}:
                get:
                  x-own: 1
                  parameters: [{name: q, in: query, example: 1}, {name: Accept, in: header}]
                  responses: {nonsense: {description: d}}
                post:
                  requestBody: {content: {a/json: {schema: {$ref: '#/components/schemas/A'}, example: 1}, text/plain: {}}}
                  responses: {200: {description: d, headers: {X: {schema: {type: string}}}, links: {l: {operationId: o}}}}
            webhooks: {w: {post: {responses: {200: {description: d}}}}}
            components:
              schemas: {A: {properties: {a: {$ref: '#/components/schemas/A'}, b: {type: Integer}}, enum: []}}
              securitySchemes: {m: {type: mutualTLS}, b: {type: http, scheme: basic}}
            """).Report!;

        Lines.AssertEqual(
            [
                "Document 1 0 0",
                "Server 1 0 1",
                "ServerVariable 1 0 0",
                "SecurityScheme 1 0 1",
                "Operation 2 0 0",
                "Callback 1 0 0",
                "Parameter 3 2 1",
                "RequestBody 1 0 0",
                "Response 3 1 1",
                "ResponseHeader 1 0 0",
                "MediaType 2 0 0",
                "Link 1 0 0",
                "Example 2 0 0",
                "Schema 2 1 1",
                "Reference 1 0 0",
                "Extension 2 0 0",
            ],
            report.Entries.Select(entry => $"{entry.Part} {entry.Carried} {Sum(entry.Approximated)} {Sum(entry.LeftOut)}"));
        var remark = Assert.Single(report.Entries.Single(entry => entry.Part == DescriptionPart.SecurityScheme).LeftOut);
        Assert.Equal(("Mutual TLS is not carried over; the security scheme was left out", 1, 0), (remark.Text, remark.Count, remark.Unlisted));
        Assert.Equal(new FidelityPlace("/components/securitySchemes/m", 17, 24, "m"), Assert.Single(remark.Places));
    }

    [Fact]
    public void What_is_refused_has_no_report() => Assert.Null(Imported.Result("{}").Report);

    [Fact]
    public void No_two_remarks_have_the_same_text()
    {
        var remarks = typeof(Remark).Assembly.GetTypes()
            .Where(type => type.Name.EndsWith("Remarks", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(field => ((Remark)field.GetValue(null)!).Text)
            .ToList();

        Assert.True(remarks.Count > 100);
        Assert.Distinct(remarks, StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(CorpusTests.Files), MemberType = typeof(CorpusTests))]
    public void The_report_of_a_published_description_tells_of_every_message(string file)
    {
        var result = DescriptionImporter.Import(Corpus.Read(file), ImportOptions.Default, TestContext.Current.CancellationToken);

        var told = result.Report!.Entries.SelectMany(entry => entry.Approximated.Concat(entry.LeftOut)).Select(remark => remark.Text).ToList();
        var lossy = result.Messages.Where(message => message.Severity == ImportSeverity.Warning).ToList();
        Assert.All(lossy, message => Assert.Contains(told, text => message.Text.StartsWith(text, StringComparison.Ordinal)));
        Assert.Equal(result.Connector!.Contents.Actions.Count, result.Report.Entries.Single(entry => entry.Part == DescriptionPart.Operation).Carried);
    }

    private static int Sum(IReadOnlyList<FidelityRemark> remarks) => remarks.Sum(remark => remark.Count);
}

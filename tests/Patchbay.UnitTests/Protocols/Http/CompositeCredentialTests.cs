using Patchbay.Protocols;
using Patchbay.Protocols.Http;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

public sealed class CompositeCredentialTests
{
    [Fact]
    public void All_values_are_set_where_they_belong()
    {
        var credential = Requests.Made(CompositeCredential.Create(
        [
            new CredentialEntry(CredentialPlace.Header, "Authorization", "Bearer abc"),
            new CredentialEntry(CredentialPlace.Query, "tenant id", "a&b"),
            new CredentialEntry(CredentialPlace.Cookie, "session", "1"),
            new CredentialEntry(CredentialPlace.Cookie, "Session", "2"),
        ]));
        using var message = new HttpRequestMessage();
        var request = Requests.To(message, "https://example.com", "/x?tenant+id=caller", body: null, ("authorization", "caller's"));
        credential.Apply(request);
        request.Complete();

        Assert.Equal("https://example.com/x?tenant%20id=a%26b", message.RequestUri!.AbsoluteUri);
        Assert.Equal("Bearer abc", message.Headers.NonValidated["Authorization"].ToString());
        Assert.Equal("session=1; Session=2", message.Headers.NonValidated["Cookie"].ToString());
    }

    [Fact]
    public void Every_faulty_value_is_named() =>
        Assert.Equal(
            ["[0].name", "[1].value", "[2].name", "[4].name", "[5].in", "[6].name", "[6].value"],
            Requests.Subjects(CompositeCredential.Create(
            [
                new CredentialEntry(CredentialPlace.Header, "Content-Length", "0"),
                new CredentialEntry(CredentialPlace.Header, "X-A", "1\n2"),
                new CredentialEntry(CredentialPlace.Query, "", "1"),
                new CredentialEntry(CredentialPlace.Header, "X-B", "1"),
                new CredentialEntry(CredentialPlace.Header, "x-b", "2"),
                new CredentialEntry((CredentialPlace)9, "x", "2"),
                new CredentialEntry(CredentialPlace.Cookie, "a=b", "1;2"),
            ])));

    [Fact]
    public void What_is_too_much_is_refused_as_a_whole()
    {
        var many = Enumerable.Range(0, CompositeCredential.MaxEntries + 1).Select(index => new CredentialEntry(CredentialPlace.Query, $"n{index}", "")).ToArray();
        Assert.Equal(FaultKind.TooLong, Assert.Single(CompositeCredential.Create(many).Faults).Kind);
        Assert.True(CompositeCredential.Create(many[1..]).Succeeded);

        var longest = new string('v', CompositeCredential.MaxLength - 1);
        Assert.True(CompositeCredential.Create([new CredentialEntry(CredentialPlace.Query, "n", longest)]).Succeeded);
        Assert.Equal(FaultKind.TooLong, Assert.Single(CompositeCredential.Create([new CredentialEntry(CredentialPlace.Query, "n", longest + "v")]).Faults).Kind);
    }

    [Fact]
    public void No_value_shows_as_text()
    {
        var entry = new CredentialEntry(CredentialPlace.Header, "X-A", "s3cret");
        var credential = Requests.Made(CompositeCredential.Create([entry]));
        Assert.DoesNotContain("s3cret", $"{entry}{CompositeCredential.Create([entry])}{Requests.TextOf(credential)}", StringComparison.Ordinal);
    }
}

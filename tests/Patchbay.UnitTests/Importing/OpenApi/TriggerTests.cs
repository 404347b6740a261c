using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing.OpenApi;

public sealed class TriggerTests
{
    [Fact]
    public void A_webhook_becomes_a_trigger()
    {
        var connector = Imported.Connector("""
            openapi: 3.1.0
            info: {title: T, version: 1}
            servers: [{url: 'https://a.example'}]
            webhooks:
              new pet:
                post:
                  summary: s
                  tags: [t]
                  parameters: [{name: X-Signature, in: header, schema: {type: string}}]
                  requestBody: {required: true, content: {application/json: {schema: {type: object}}}}
                  responses: {200: {description: d}}
            """);

        DefinitionChecks.AssertSound(connector.Contents);
        var trigger = Assert.Single(connector.Contents.Triggers);
        Assert.Equal(("new_pet", "POST", "s"), (trigger.Name, trigger.Method, trigger.Summary));
        Assert.Equal("X-Signature", Assert.Single(trigger.Parameters).Name);
        Assert.Equal("new_pet_request", Assert.Single(trigger.RequestBody!.Definitions).Definition);
        Assert.Equal(200, Assert.Single(trigger.Responses).Status);
        Imported.AssertJson("""{"tags": ["t"]}""", trigger.Source);
    }

    [Fact]
    public void A_callback_becomes_a_trigger_that_tells_where_it_comes_from()
    {
        var result = Imported.Result(Imported.Operation("""
            callbacks:
              onEvent:
                '{$request.body#/url}':
                  post: {parameters: [{name: p, in: path, required: true}], responses: {200: {description: d}}}
                  put: {operationId: changed, responses: {200: {description: d}}}
            responses: {200: {description: d}}
            """));

        var triggers = result.Connector!.Contents.Triggers;
        Lines.AssertEqual(["getThings_onEvent POST", "changed PUT"], triggers.Select(trigger => $"{trigger.Name} {trigger.Method}"));
        Imported.AssertJson("""{"callbackOf": "getThings", "expression": "{$request.body#/url}"}""", triggers[0].Source);
        Assert.Empty(triggers[0].Parameters);
        Imported.AssertMessage(result, "path parameter of a webhook");
    }

    [Fact]
    public void A_callback_that_contains_itself_is_one_trigger()
    {
        var result = Imported.Result(Imported.Operation("callbacks: {again: {$ref: '#/components/callbacks/Again'}}") + """

            components:
              callbacks:
                Again:
                  'https://b.example':
                    post:
                      operationId: again
                      responses: {200: {description: d}}
                      callbacks: {again: {$ref: '#/components/callbacks/Again'}}
            """);

        Assert.Equal("again", Assert.Single(result.Connector!.Contents.Triggers).Name);
        Imported.AssertMessage(result, "used by several operations", ImportSeverity.Info);
    }
}

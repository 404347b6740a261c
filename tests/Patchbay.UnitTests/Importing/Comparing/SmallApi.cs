using Patchbay.Importing.Comparing;
using Patchbay.Importing.Contents;
using Xunit;

namespace Patchbay.UnitTests.Importing.Comparing;

/// <summary>Small contents, and what is said of their differences.</summary>
internal static class SmallApi
{
    public const string Json = "application/json";

    public static ConnectorContents Of(params object[] parts) => new(
        [.. parts.OfType<ActionContent>()], [.. parts.OfType<TriggerContent>()], [.. parts.OfType<DefinitionContent>()]);

    public static ActionContent AnAction(string name = "get", string path = "/things") => new()
    {
        Name = name, Method = "GET", Path = path, Responses = [new ResponseContent { Status = 200 }],
    };

    public static TriggerContent Trigger(string name = "changed") => new() { Name = name, Method = "POST", Responses = [new ResponseContent { Status = 200 }] };

    public static DefinitionContent Schema(string name, string schema) => new()
    {
        Name = name, Accept = [Json], ContentType = "application/schema+json", Schema = schema,
    };

    public static ParameterContent Parameter(string name, bool required = false, string type = "string", string @in = "query") =>
        new() { Name = name, In = @in, Required = required, Type = type };

    public static DefinitionLink Link(string definition, params string[] mediaTypes) =>
        new() { Definition = definition, MediaTypes = mediaTypes.Length == 0 ? [Json] : mediaTypes };

    public static BodyContent Body(string definition, bool required = true) => new() { Required = required, Definitions = [Link(definition)] };

    public static ActionContent Sending(this ActionContent action, string definition) => action with { Method = "POST", RequestBody = Body(definition) };

    public static ActionContent Giving(this ActionContent action, string definition) =>
        action with { Responses = [new ResponseContent { Status = 200, Definitions = [Link(definition)] }] };

    public static ContentsDifference Compare(ConnectorContents before, ConnectorContents after) => ContentsComparison.Compare(before, after);

    public static DifferenceItem Only(this ContentsDifference difference, PartKind kind, string name) =>
        Assert.Single(difference.Items, i => i.Part == new PartKey(kind, name));
}

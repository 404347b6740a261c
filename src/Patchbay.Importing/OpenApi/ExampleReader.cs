using System.Text.Json.Nodes;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Copies <c>example</c> and <c>examples</c> as they stood, with references replaced by what they mean.</summary>
internal sealed class ExampleReader(ImportContext context)
{
    public JsonObject? AddTo(JsonObject? kept, SourceObject holder)
    {
        if (holder.Find("example") is { } example) (kept ??= [])["example"] = context.Json.ToNode(example);
        if (holder.Find("examples") is not { } examples) return kept;
        kept ??= [];
        kept["examples"] = examples is SourceObject named ? ReadNamed(named) : context.Json.ToNode(examples);
        return kept;
    }

    private JsonObject ReadNamed(SourceObject examples)
    {
        var read = new JsonObject();
        foreach (var (name, node) in examples.Members)
        {
            if (context.IsExhausted) break;
            var target = node is SourceObject holder && holder.FindString("$ref") is not null ? context.References.Follow(node)?.Object : node;
            if (target is not null) read[name] = context.Json.ToNode(target);
        }
        return read;
    }
}

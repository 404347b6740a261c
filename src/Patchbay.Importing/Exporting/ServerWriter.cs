using System.Text.Json;
using Patchbay.Importing.OpenApi;

namespace Patchbay.Importing.Exporting;

/// <summary>Writes base URLs as Server Objects (OpenAPI 3.1, section "Server Object").</summary>
internal sealed class ServerWriter(Utf8JsonWriter json, ImportedConnector connector)
{
    /// <summary>Writes the only server of a list: the base URL with what comes before the paths of some operations.</summary>
    /// <param name="prefix">Empty for the base URL itself.</param>
    public void Write(string prefix)
    {
        var used = new List<string>();
        var url = Template.Rewrite(connector.BaseUrl + prefix, Placeholder, out _);
        json.WriteStartArray("servers");
        json.WriteStartObject();
        json.WriteString("url", url);
        if (used.Count > 0)
        {
            json.WriteStartObject("variables");
            foreach (var name in used)
            {
                json.WriteStartObject(name);
                json.WriteString("default", connector.Variables.FirstOrDefault(variable => variable.Name == name)?.Value ?? "");
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndArray();

        string Placeholder(string expression)
        {
            var name = PathPlan.VariableOf(expression);
            if (!used.Contains(name)) used.Add(name);
            return $"{{{name}}}";
        }
    }

    /// <summary>The variables that the base URL does not have, which a server has no place for.</summary>
    public static IEnumerable<string> VariablesElsewhere(ImportedConnector connector)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        Template.Rewrite(
            connector.BaseUrl,
            expression =>
            {
                used.Add(PathPlan.VariableOf(expression));
                return "";
            },
            out _);
        return connector.Variables.Select(variable => variable.Name).Where(name => !used.Contains(name));
    }
}

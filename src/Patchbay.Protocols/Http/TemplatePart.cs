using System.Text;

namespace Patchbay.Protocols.Http;

/// <summary>A stretch of a template, all of whose placeholders stand in the same place of a request.</summary>
internal sealed class TemplatePart
{
    private readonly string[] _literals;
    private readonly TemplateReference[] _references;

    /// <param name="marked">Literal text with a <see cref="TemplateText.Mark"/> for each placeholder.</param>
    /// <param name="names">Gives the names of the marks, in order; the part takes as many as it needs.</param>
    /// <param name="place">Where it stands.</param>
    public TemplatePart(string marked, IEnumerator<TemplateName> names, TemplatePlace place)
    {
        _literals = [.. marked.Split(TemplateText.Mark).Select(literal => place switch
        {
            TemplatePlace.Path => UrlText.Path(literal),
            TemplatePlace.Query => UrlText.Query(literal),
            _ => literal,
        })];
        _references = [.. Enumerable.Range(0, _literals.Length - 1).Select(_ =>
        {
            names.MoveNext();
            return new TemplateReference(names.Current.Scope, names.Current.Name, place);
        })];
    }

    public IReadOnlyList<TemplateReference> References => _references;

    /// <summary>Puts the values in.</summary>
    /// <param name="values">What the placeholders stand for.</param>
    /// <param name="faults">Where each value that is missing or does not fit is reported.</param>
    public string Expand(TemplateValues values, List<Fault> faults)
    {
        if (_references.Length == 0) return _literals[0];
        var builder = new StringBuilder(_literals[0]);
        for (var index = 0; index < _references.Length; index++)
        {
            var reference = _references[index];
            var encoded = reference.Place is TemplatePlace.Path or TemplatePlace.Query ? values.FindEncoded(reference) : null;
            if ((encoded ?? values.Find(reference)) is not { } value)
            {
                faults.Add(new Fault(FaultKind.MissingVariable, reference.Name, $"There is no value for {reference.Name}."));
                continue;
            }

            if (WhyUnfit(value, reference.Place, encoded is not null) is { } why)
            {
                faults.Add(new Fault(FaultKind.UnfitValue, reference.Name, $"The value of {reference.Name} {why}."));
                continue;
            }

            var plain = encoded is not null || reference.Place is not (TemplatePlace.Path or TemplatePlace.Query);
            builder.Append(plain ? value : Uri.EscapeDataString(value)).Append(_literals[index + 1]);
            if (builder.Length > UrlText.MaxLength)
            {
                faults.Add(new Fault(FaultKind.TooLong, reference.Name, $"The value of {reference.Name} makes the text too long."));
                break;
            }
        }

        return builder.ToString();
    }

    /// <summary>Puts the same text in for every placeholder, to judge the literal text around them.</summary>
    public string Probe(string value) => string.Join(value, _literals);

    private static string? WhyUnfit(string value, TemplatePlace place, bool isEncoded) => place switch
    {
        TemplatePlace.Scheme => value is "http" or "https" ? null : "is not http or https, as it must be before a host",
        TemplatePlace.Host => HostName.HasOnlyLabels(value) ? null : "is not one or more DNS labels, as it must be in a host",
        TemplatePlace.Port => Origin.ParsePort(value) is null ? "is not a number from 1 to 65535, as it must be in a port" : null,
        TemplatePlace.Path when value.Length == 0 => "is empty, which would change the path",
        TemplatePlace.Path => DotSegments.Found(isEncoded ? value : Uri.EscapeDataString(value)) ? "has a segment that is . or .. in it, which would change the path" : null,
        TemplatePlace.Header => HeaderText.IsOneLine(value) ? null : "has a line break or another control character in it, which a header must not",
        _ => null,
    };
}

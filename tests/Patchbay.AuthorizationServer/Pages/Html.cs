using System.Net;

namespace Patchbay.Authorizing.Pages;

/// <summary>Pages of plain HTML, without script or style.</summary>
internal static class Html
{
    public static IResult Page(string title, string body) =>
        Results.Content($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Text(title)}</title></head><body><h1>{Text(title)}</h1>\n{body}</body></html>\n",
            "text/html; charset=utf-8");

    public static string Hidden(string name, string value) => $"<input type=\"hidden\" name=\"{Text(name)}\" value=\"{Text(value)}\">";

    public static string Text(string text) => WebUtility.HtmlEncode(text);
}

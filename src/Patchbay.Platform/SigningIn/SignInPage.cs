using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace Patchbay.Platform.SigningIn;

/// <summary>
/// A page of the server for people: HTML that needs no script. Whatever is put in is encoded, but for what was made by <see cref="Html"/> itself.
/// </summary>
internal sealed class SignInPage(string title, int status = StatusCodes.Status200OK) : IResult
{
    private const string Policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private readonly StringBuilder _body = new();

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XFrameOptions = "DENY";
        response.Headers.XContentTypeOptions = "nosniff";
        // Not no-referrer: with that, browsers say of a form that it comes from nowhere.
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers.CacheControl = "no-store";
        response.ContentType = "text/html; charset=utf-8";
        return response.WriteAsync($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{Encoded(title)} · Patchbay</title>
            <link rel="icon" href="/docs/favicon.svg">
            <link rel="stylesheet" href="{SignInEndpoints.StylePath}">
            </head>
            <body>
            <main>
            <p class="brand">Patchbay</p>
            <h1>{Encoded(title)}</h1>
            {_body}</main>
            </body>
            </html>

            """, httpContext.RequestAborted);
    }

    /// <summary>Adds markup; what stands in holes is encoded.</summary>
    public SignInPage Html(FormattableString markup)
    {
        _body.AppendFormat(System.Globalization.CultureInfo.InvariantCulture, markup.Format, [.. markup.GetArguments().Select(a => (object)Encoded(a?.ToString() ?? ""))]).Append('\n');
        return this;
    }

    /// <summary>Adds what went wrong, which screen readers say first.</summary>
    public SignInPage Fault(string? text) => text is null ? this : Html($"<p class=\"fault\" role=\"alert\">{text}</p>");

    private static string Encoded(string text) => HtmlEncoder.Default.Encode(text);
}

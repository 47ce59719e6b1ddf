import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.text.TextContentRenderer;

/**
 * Makes one static site of all documents and the Javadoc: {@code java Site.java ROOT APIDOCS SITE}. A document keeps its
 * place, README.md is the first page, other files that documents link to are copied, a folder becomes a list. Then every
 * link within the site is followed to its anchor; a broken one is printed, and the exit code is 1.
 */
final class Site {
    private static final List<Extension> EXTENSIONS =
            List.of(TablesExtension.create(), HeadingAnchorExtension.create());
    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
    private static final HtmlRenderer HTML =
            HtmlRenderer.builder().extensions(EXTENSIONS).build();
    private static final Pattern EXTERNAL = Pattern.compile("[a-z][a-z0-9+.-]*:.*", Pattern.DOTALL);
    private static final Pattern TARGET = Pattern.compile("\\s(?:href|src)=\"([^\"]*)\"");
    private static final Pattern ANCHOR = Pattern.compile("\\s(?:id|name)=\"([^\"]*)\"");
    private static final String STYLE = "body{font:16px/1.55"
        + " system-ui,sans-serif;margin:0;display:flex;flex-wrap:wrap;color-scheme:light"
        + " dark;color:light-dark(#1a1a1a,#e4e4e4);background:light-dark(#fff,#16181b)}nav{flex:0 0"
        + " 13rem;padding:1.5rem 1rem;font-size:.93rem}nav a{display:block;padding:.15rem 0}nav"
        + " a[aria-current]{font-weight:600}main{flex:1 1 30rem;min-width:0;max-width:56rem;padding:1rem 1.5rem"
        + " 4rem}a{color:light-dark(#0b57b0,#7db4f5)}pre{overflow-x:auto;padding:.8rem 1rem;"
        + "background:light-dark(#f4f5f7,#212429);border-radius:6px}code{font-size:.9em}table{border-collapse:collapse;display:block;overflow-x:auto}td,th{padding:.35rem"
        + " .7rem;text-align:left;vertical-align:top;border-bottom:1px solid"
        + " light-dark(#ddd,#3a3e44)}img{max-width:100%;height:auto}";

    private final Path root;
    private final Path site;
    private final Map<Path, Node> pages = new TreeMap<>();
    private final Set<Path> copied = new LinkedHashSet<>();
    private final Set<Path> folders = new LinkedHashSet<>();
    private final List<String> broken = new ArrayList<>();

    private Site(Path root, Path site) {
        this.root = root;
        this.site = site;
    }

    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]).toRealPath();
        Site made = new Site(root, Path.of(args[2]).toAbsolutePath().normalize());
        made.read();
        made.write();
        if (!Files.isRegularFile(Path.of(args[1], "index.html"))) {
            throw new IOException(args[1] + " has no index.html; make the Javadoc first: mvn javadoc:aggregate");
        }
        copyFolder(Path.of(args[1]), made.site.resolve("api"));
        int links = made.check();
        made.broken.forEach(problem -> System.err.println("site: " + problem));
        System.out.println("site: " + made.pages.size() + " documents, " + links + " links within the site, "
                + made.broken.size() + " broken: " + made.site.resolve("index.html"));
        System.exit(made.broken.isEmpty() ? 0 : 1);
    }

    private void read() throws IOException {
        List<Path> documents =
                new ArrayList<>(List.of(Path.of("README.md"), Path.of("CHANGELOG.md"), Path.of("SECURITY.md")));
        try (Stream<Path> files = Files.walk(root.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md"))
                    .map(root::relativize)
                    .forEach(documents::add);
        }
        for (Path document : documents) {
            pages.put(document, PARSER.parse(Files.readString(root.resolve(document))));
        }
    }

    /** Where a file of the project stands in the site. */
    private static Path place(Path file) {
        String name = file.toString();
        if (name.equals("README.md")) {
            return Path.of("index.html");
        }
        return name.endsWith(".md") ? Path.of(name.substring(0, name.length() - 3) + ".html") : file;
    }

    private void write() throws IOException {
        for (Map.Entry<Path, Node> page : pages.entrySet()) {
            page.getValue().accept(new AbstractVisitor() {
                @Override
                public void visit(Link link) {
                    link.setDestination(target(page.getKey(), link.getDestination()));
                    visitChildren(link);
                }

                @Override
                public void visit(Image image) {
                    image.setDestination(target(page.getKey(), image.getDestination()));
                    visitChildren(image);
                }
            });
            put(place(page.getKey()), title(page.getValue()), HTML.render(page.getValue()));
        }
        for (Path folder : folders) {
            list(folder);
        }
        for (Path file : copied) {
            Files.createDirectories(site.resolve(file).getParent());
            Files.copy(root.resolve(file), site.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A link in a document as a link in the site. */
    private String target(Path document, String link) {
        if (EXTERNAL.matcher(link).matches() || link.startsWith("#")) {
            return link;
        }
        int hash = link.indexOf('#');
        String anchor = hash < 0 ? "" : link.substring(hash);
        Path aim = parent(document)
                .resolve(hash < 0 ? link : link.substring(0, hash))
                .normalize();
        if (Files.isDirectory(root.resolve(aim)) && !aim.startsWith("..")) {
            folders.add(aim);
            aim = aim.resolve("index.html");
        } else if (Files.isRegularFile(root.resolve(aim)) && !pages.containsKey(aim)) {
            copied.add(aim);
        }
        return relative(place(document), place(aim)) + anchor;
    }

    private static Path parent(Path file) {
        return file.getParent() == null ? Path.of("") : file.getParent();
    }

    private static String relative(Path from, Path to) {
        String up = "../".repeat(from.getNameCount() - 1);
        return up + to.toString().replace('\\', '/');
    }

    private void list(Path folder) throws IOException {
        StringBuilder body = new StringBuilder("<h1>" + escaped(folder.toString()) + "</h1>\n<ul>\n");
        try (Stream<Path> files = Files.list(root.resolve(folder))) {
            for (Path file : files.filter(Files::isRegularFile)
                    .map(root::relativize)
                    .sorted()
                    .toList()) {
                Node page = pages.get(file);
                if (page == null) {
                    copied.add(file);
                }
                body.append("<li><a href=\"")
                        .append(escaped(parent(file).relativize(place(file)).toString()))
                        .append("\">")
                        .append(escaped(page == null ? file.getFileName().toString() : title(page)))
                        .append("</a></li>\n");
            }
        }
        put(
                folder.resolve("index.html"),
                folder.toString(),
                body.append("</ul>\n").toString());
    }

    private static String title(Node page) {
        for (Node node = page.getFirstChild(); node != null; node = node.getNext()) {
            if (node instanceof Heading) {
                return TextContentRenderer.builder().build().render(node);
            }
        }
        return "Ravine";
    }

    private void put(Path place, String title, String body) throws IOException {
        StringBuilder nav = new StringBuilder();
        entry(nav, place, Path.of("index.html"), "Ravine");
        entry(nav, place, Path.of("api/index.html"), "Javadoc");
        pages.entrySet().stream()
                .filter(page -> page.getKey().getNameCount() == 2)
                .forEach(page -> entry(nav, place, place(page.getKey()), title(page.getValue())));
        entry(nav, place, Path.of("CHANGELOG.html"), "Changelog");
        String page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + escaped(title)
                + "</title>\n<style>" + STYLE + "</style>\n</head>\n<body>\n<nav>\n" + nav + "</nav>\n<main>\n" + body
                + "</main>\n</body>\n</html>\n";
        Files.createDirectories(site.resolve(place).getParent());
        Files.writeString(site.resolve(place), page);
    }

    private static void entry(StringBuilder nav, Path here, Path to, String text) {
        String current = here.equals(to) ? " aria-current=\"page\"" : "";
        nav.append("<a href=\"")
                .append(relative(here, to))
                .append('"')
                .append(current)
                .append('>')
                .append(escaped(text))
                .append("</a>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static void copyFolder(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Follows all links, and returns how many lead to a place in the site. */
    private int check() throws IOException {
        Map<Path, Set<String>> anchors = new HashMap<>();
        int count = 0;
        List<Path> files;
        try (Stream<Path> all = Files.walk(site)) {
            files = all.filter(file -> file.toString().endsWith(".html"))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
        for (Path file : files) {
            Matcher links = TARGET.matcher(Files.readString(file));
            while (links.find()) {
                String link = links.group(1).replace("&amp;", "&").replace("%20", " ");
                if (!EXTERNAL.matcher(link).matches() && !link.startsWith("//")) {
                    count++;
                    follow(file, link, anchors);
                }
            }
        }
        return count;
    }

    private void follow(Path file, String link, Map<Path, Set<String>> anchors) throws IOException {
        int hash = link.indexOf('#');
        String path = (hash < 0 ? link : link.substring(0, hash)).replaceFirst("\\?.*", "");
        Path aim = path.isEmpty() ? file : file.getParent().resolve(path).normalize();
        if (Files.isDirectory(aim)) {
            aim = aim.resolve("index.html");
        }
        String where = site.relativize(file) + ": the link " + link;
        if (!aim.startsWith(site) || !Files.isRegularFile(aim)) {
            broken.add(where + " leads to no file");
            return;
        }
        String anchor =
                hash < 0 ? "" : URLDecoder.decode(link.substring(hash + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
        // The tool of JDK 17 begins the list of constants with a name for which its page has no anchor.
        boolean isListOfConstants = file.equals(site.resolve("api/constant-values.html"));
        if (!anchor.isEmpty() && !isListOfConstants && aim.toString().endsWith(".html")) {
            if (!anchors.containsKey(aim)) {
                Set<String> names = new HashSet<>();
                Matcher ids = ANCHOR.matcher(Files.readString(aim));
                while (ids.find()) {
                    names.add(ids.group(1)
                            .replace("&lt;", "<")
                            .replace("&gt;", ">")
                            .replace("&amp;", "&"));
                }
                anchors.put(aim, names);
            }
            if (!anchors.get(aim).contains(anchor)) {
                broken.add(where + " leads to no anchor");
            }
        }
    }
}

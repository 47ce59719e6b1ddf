package dev.ravine.cli.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;

/** Pictures as PNG. */
final class Png {
    /** Pixels between the images of a sheet. */
    private static final int GAP = 2;

    private Png() {}

    /** A grey image; where a pixel is not a finite number, it is transparent. */
    static byte[] of(Pictures.Image image) throws IOException {
        BufferedImage out = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_ARGB);
        paint(image, out, 0, 0);
        return encode(out);
    }

    /** All images on one sheet, row under row, transparent between them. */
    static byte[] sheet(Pictures pictures) throws IOException {
        int width = 1;
        int height = 0;
        for (Pictures.Row row : pictures.rows()) {
            width = Math.max(width, sum(row.images()) - GAP);
            height += height(row) + GAP;
        }
        BufferedImage out = new BufferedImage(width, Math.max(1, height - GAP), BufferedImage.TYPE_INT_ARGB);
        int top = 0;
        for (Pictures.Row row : pictures.rows()) {
            int left = 0;
            for (Pictures.Image image : row.images()) {
                paint(image, out, left, top);
                left += image.width() + GAP;
            }
            top += height(row) + GAP;
        }
        return encode(out);
    }

    /** For the source of an img element or a link. */
    static String uri(byte[] png) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    }

    private static int sum(List<Pictures.Image> images) {
        return images.stream().mapToInt(image -> image.width() + GAP).sum();
    }

    private static int height(Pictures.Row row) {
        return row.images().stream().mapToInt(Pictures.Image::height).max().orElse(0);
    }

    private static void paint(Pictures.Image image, BufferedImage out, int left, int top) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double pixel : image.pixels()) {
            if (Double.isFinite(pixel)) {
                low = Math.min(low, pixel);
                high = Math.max(high, pixel);
            }
        }
        double range = high > low ? high - low : 1;
        for (int i = 0; i < image.pixels().length; i++) {
            double pixel = image.pixels()[i];
            if (Double.isFinite(pixel)) {
                int grey = (int) Math.round(255 * ((pixel - low) / range));
                out.setRGB(left + i % image.width(), top + i / image.width(), 0xFF000000 | grey * 0x010101);
            }
        }
    }

    private static byte[] encode(BufferedImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.setUseCache(false);
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }
}

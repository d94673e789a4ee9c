module.exports = { content: ['views/**/*.templ'] };
